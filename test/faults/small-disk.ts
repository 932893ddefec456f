import { execFileSync } from 'node:child_process';
import { mkdtemp, open, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEBIBYTE = 2 ** 20;

function canMount(): boolean {
  if (process.platform !== 'linux' || process.getuid!() !== 0) return false;
  try {
    // In a namespace of its own: nothing of this is seen outside.
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A disk that can be full: a tmpfs. Only root may mount one. */
export const smallDisk = {
  canMount: canMount(),

  async mount(mebibytes: number) {
    const folder = await mkdtemp(join(tmpdir(), 'faults-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'none', folder]);
    const ballast = join(folder, 'ballast');
    return {
      folder,
      /** Fills it to the last byte. */
      async fill() {
        const file = await open(ballast, 'w');
        try {
          for (let size = MEBIBYTE; size >= 1; size >>= 1) {
            const chunk = Buffer.alloc(size, 1);
            // Whole or not at all: what a short write leaves, the next, smaller one fills.
            while ((await file.write(chunk).catch(() => ({ bytesWritten: 0 }))).bytesWritten === size);
          }
        } finally {
          await file.close();
        }
      },
      free: () => rm(ballast, { force: true }),
      async unmount() {
        execFileSync('umount', ['--lazy', folder]);
        await rmdir(folder);
      },
    };
  },
};
