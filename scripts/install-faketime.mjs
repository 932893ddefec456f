/** libfaketime of Debian or Ubuntu, for tests in which a clock jumps: unpacked into `.cache`, not installed. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './places.mjs';
import { runQuietly } from './setup.mjs';

const folder = join(root, '.cache', 'faketime');

/** Does nothing when it is there. Rejects where there is no apt-get, or its archive cannot be reached. */
export async function installFaketime() {
  if (existsSync(folder)) return;
  const made = `${folder}.new-${process.pid}`;
  mkdirSync(made, { recursive: true });
  try {
    await runQuietly('apt-get', ['download', 'libfaketime'], { cwd: made });
    const [deb] = readdirSync(made).filter((name) => name.endsWith('.deb'));
    await runQuietly('dpkg-deb', ['-x', join(made, deb), join(made, 'unpacked')]);
    renameSync(join(made, 'unpacked'), folder);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}
