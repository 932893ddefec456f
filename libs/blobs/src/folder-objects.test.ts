import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FolderBlobStore, sha256Hex } from './blob-store.js';
import { FolderObjects } from './folder-objects.js';
import { describeStores } from './testing/describe-stores.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blobs-'));
});
afterAll(() => rm(folder, { recursive: true }));

describeStores('a folder', () => new FolderObjects(join(folder, 'conforming')));

describe('FolderObjects', () => {
  const bytes = Buffer.from('a photo');
  const digest = sha256Hex(bytes);

  it('keeps a blob two folders deep and leaves no temporary file', async () => {
    await new FolderBlobStore(join(folder, 'laid')).put(bytes);
    const deep = join(folder, 'laid', digest.slice(0, 2), digest.slice(2, 4));
    expect(await readFile(join(deep, digest))).toEqual(bytes);
    expect(await readdir(deep)).toEqual([digest]);
  });

  it('notices what happened to a file on the disk', async () => {
    const store = new FolderBlobStore(join(folder, 'cut'));
    await store.put(bytes);
    await truncate(join(folder, 'cut', digest.slice(0, 2), digest.slice(2, 4), digest), 3);
    await expect(store.get(digest)).rejects.toMatchObject({ reason: 'BLOB_DAMAGED' });
  });

  it('does not list the temporary file of a write under way', async () => {
    const place = join(folder, 'listed');
    await mkdir(place);
    await writeFile(join(place, `${digest}.1.tmp`), 'half');
    await writeFile(join(place, 'whole'), 'all of it');
    const keys = [];
    for await (const { key } of new FolderObjects(place).list('')) keys.push(key);
    expect(keys).toEqual(['whole']);
  });

  it.each(['', '/', '..', '../x', 'a/../../x', '/etc/passwd', 'a//b', 'a b'])(
    'refuses %j as a name',
    async (key) => {
      const objects = new FolderObjects(folder);
      await expect(async () => objects.read(key)).rejects.toThrow('for key but received');
      await expect(objects.remove(key)).rejects.toThrow(RangeError);
    },
  );

  // Needs the right to mount; the fault tests fill a disk too.
  it('says that the disk is full, and where', async ({ skip }) => {
    const disk = join(folder, 'small-disk');
    await mkdir(disk);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]);
    skip(mounted.status !== 0, 'a small disk cannot be mounted here');
    try {
      const store = new FolderBlobStore(disk);
      const kept = await store.put(bytes);
      await expect(store.put(Buffer.alloc(100_000, 1))).rejects.toMatchObject({
        reason: 'BLOB_STORE_FULL',
        isOutage: true,
        message: expect.stringContaining(`No room is left for ${disk}`),
      });
      expect(await store.get(kept)).toEqual(bytes);
      // The half that fitted is gone: there is room for what fits.
      await store.put(Buffer.alloc(20_000, 2));
    } finally {
      spawnSync('umount', [disk]);
    }
  });
});
