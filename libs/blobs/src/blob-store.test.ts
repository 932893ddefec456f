import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BlobMissingError, FolderBlobStore, sha256Hex } from './blob-store.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blobs-'));
});
afterEach(() => rm(folder, { recursive: true }));

const bytes = Buffer.from('a photo');
const digest = sha256Hex(bytes);

function pathOf(name: string): string {
  return join(folder, name.slice(0, 2), name.slice(2, 4), name);
}

describe('FolderBlobStore', () => {
  it('gives back what was put, under the SHA-256 of its bytes', async () => {
    const store = new FolderBlobStore(folder);
    expect(sha256Hex(Buffer.from('abc'))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
    expect(await store.has(digest)).toBe(false);
    expect(await store.put(bytes)).toBe(digest);
    expect(await store.has(digest)).toBe(true);
    expect(await store.get(digest)).toEqual(bytes);
  });

  it('keeps empty bytes too', async () => {
    const store = new FolderBlobStore(folder);
    const empty = await store.put(new Uint8Array());
    expect(await store.get(empty)).toHaveLength(0);
  });

  it('lies in two levels of folders and leaves no temporary file', async () => {
    await new FolderBlobStore(folder).put(bytes);
    expect(await readFile(pathOf(digest))).toEqual(bytes);
    expect(await readdir(join(folder, digest.slice(0, 2), digest.slice(2, 4)))).toEqual([digest]);
  });

  it('takes fifty equal and fifty different puts at once', async () => {
    const stores = [new FolderBlobStore(folder), new FolderBlobStore(folder)];
    const puts = Array.from({ length: 100 }, (_, index) => {
      const content = index % 2 === 0 ? bytes : Buffer.from(`photo ${index}`);
      return stores[index % 2]!.put(content);
    });
    const digests = await Promise.all(puts);
    expect(new Set(digests).size).toBe(51);
    for (const put of digests) {
      expect(sha256Hex(await stores[0]!.get(put))).toBe(put);
    }
    const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.tmp'));
    expect(names).toEqual([]);
  });

  it('lists what is there, and deletes', async () => {
    const store = new FolderBlobStore(folder);
    const other = await store.put(Buffer.from('another'));
    await store.put(bytes);
    await store.delete(other);
    await store.delete(other);
    await writeFile(`${pathOf(digest)}.tmp`, 'half');
    const listed = [];
    for await (const blob of store.list()) listed.push(blob);
    expect(listed).toEqual([{ digest, sizeBytes: bytes.byteLength, storedAt: expect.any(Date) }]);
    expect(await store.has(other)).toBe(false);
    for await (const blob of new FolderBlobStore(join(folder, 'none')).list()) throw new Error(blob.digest);
  });

  it('says which blob is missing', async () => {
    const get = new FolderBlobStore(folder).get(digest);
    await expect(get).rejects.toThrow(`No blob is stored under ${digest}`);
    await expect(get).rejects.toBeInstanceOf(BlobMissingError);
  });

  it.each([
    ['truncated', (path: string) => truncate(path, 3)],
    ['emptied', (path: string) => truncate(path, 0)],
    ['changed', (path: string) => writeFile(path, 'A photo')],
  ])('refuses a blob that was %s on disk, and a put repairs it', async (_, damage) => {
    const store = new FolderBlobStore(folder);
    await store.put(bytes);
    await damage(pathOf(digest));
    await expect(store.get(digest)).rejects.toMatchObject({ reason: 'BLOB_DAMAGED' });
    await store.put(bytes);
    expect(await store.get(digest)).toEqual(bytes);
  });

  it.each(['', 'abc', '../../etc/passwd', digest.toUpperCase(), `${digest}0`])(
    'refuses %j as a digest',
    async (name) => {
      const store = new FolderBlobStore(folder);
      await expect(store.get(name)).rejects.toThrow('Expected 64 lower-case hexadecimal digits for digest');
      await expect(store.has(name)).rejects.toThrow(RangeError);
    },
  );
});
