import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { BlobMissingError, BlobStore, sha256Hex } from '../blob-store.js';
import { type DerivedKind, DerivedStore } from '../derived-store.js';
import type { Objects } from '../objects.js';

const bytes = Buffer.from('a photo');
const digest = sha256Hex(bytes);
const vector = Buffer.from(new Float32Array([0.6, 0.8]).buffer);

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** What every place for objects, and the stores on it, must do; `open` gives one whose every `prefix` is empty. */
export function describeStores(name: string, open: () => Objects): void {
  describe(`objects in ${name}`, () => {
    let objects: Objects;
    let prefix: string;
    beforeAll(() => {
      objects = open();
      prefix = `${randomBytes(4).toString('hex')}/`;
    });

    it('are read as they were written, and undefined where there are none', async () => {
      const key = `${prefix}kept/one.bin`;
      expect(await objects.read(key)).toBeUndefined();
      expect(await objects.size(key)).toBeUndefined();
      await objects.write(key, bytes);
      expect(await objects.read(key)).toEqual(bytes);
      expect(await objects.size(key)).toBe(bytes.length);
    });

    it('are replaced by a write, and left by one that writes only what is new', async () => {
      const key = `${prefix}replaced`;
      await objects.write(key, bytes, true);
      await objects.write(key, vector, true);
      expect(await objects.read(key)).toEqual(bytes);
      await objects.write(key, vector);
      expect(await objects.read(key)).toEqual(vector);
    });

    it('may be empty, and as large as a picture', async () => {
      const large = randomBytes(5 * 2 ** 20);
      await objects.write(`${prefix}empty`, new Uint8Array());
      await objects.write(`${prefix}large`, large);
      expect(await objects.read(`${prefix}empty`)).toHaveLength(0);
      expect((await objects.read(`${prefix}large`))!.equals(large)).toBe(true);
    });

    it('are gone when removed, twice too', async () => {
      const key = `${prefix}removed`;
      await objects.write(key, bytes);
      await objects.remove(key);
      await objects.remove(key);
      expect(await objects.read(key)).toBeUndefined();
    });

    it('are listed below a prefix, more than four pages of ten, with their sizes and times', async () => {
      const before = Date.now() - 2000;
      const keys = Array.from({ length: 41 }, (_, index) => `${prefix}listed/${index % 7}/${index}`);
      for (let start = 0; start < keys.length; start += 20) {
        await Promise.all(keys.slice(start, start + 20).map((key) => objects.write(key, bytes)));
      }
      const listed = await all(objects.list(`${prefix}listed/`));
      expect(listed.map(({ key }) => key).sort()).toEqual([...keys].sort());
      expect(listed.every(({ sizeBytes }) => sizeBytes === bytes.length)).toBe(true);
      expect(listed.every(({ writtenAt }) => writtenAt.getTime() > before)).toBe(true);
      expect(await all(objects.list(`${prefix}listed/3/`))).toHaveLength(6);
      expect(await all(objects.list(`${prefix}nothing/`))).toEqual([]);
    });
  });

  describe(`BlobStore in ${name}`, () => {
    let objects: Objects;
    let prefix: string;
    let store: BlobStore;
    beforeAll(() => {
      objects = open();
      prefix = `blobs-${randomBytes(4).toString('hex')}/`;
      store = new BlobStore(objects, prefix);
    });
    const keyOf = (name: string) => `${prefix}${name.slice(0, 2)}/${name.slice(2, 4)}/${name}`;

    it('gives back what was put, under the SHA-256 of its bytes', async () => {
      expect(await store.has(digest)).toBe(false);
      expect(await store.put(bytes)).toBe(digest);
      expect(await store.has(digest)).toBe(true);
      expect(await store.get(digest)).toEqual(bytes);
      expect(await store.get(await store.put(new Uint8Array()))).toHaveLength(0);
    });

    it('takes fifty equal and fifty different puts at once', async () => {
      const other = new BlobStore(objects, prefix);
      const puts = Array.from({ length: 100 }, (_, index) =>
        [store, other][index % 2]!.put(index % 2 === 0 ? bytes : Buffer.from(`photo ${index}`)),
      );
      const digests = await Promise.all(puts);
      expect(new Set(digests).size).toBe(51);
      for (const put of new Set(digests)) expect(sha256Hex(await store.get(put))).toBe(put);
    });

    it('says which blob is missing', async () => {
      const none = sha256Hex(Buffer.from('never put'));
      const get = store.get(none);
      await expect(get).rejects.toThrow(`No blob is stored under ${none}`);
      await expect(get).rejects.toBeInstanceOf(BlobMissingError);
    });

    it.each([
      ['truncated', Buffer.from('a ph')],
      ['emptied', Buffer.alloc(0)],
      ['changed', Buffer.from('A photo')],
    ])('refuses a blob that was %s where it lies, and a put repairs it', async (_, damaged) => {
      await store.put(bytes);
      await objects.write(keyOf(digest), damaged);
      await expect(store.get(digest)).rejects.toMatchObject({ reason: 'BLOB_DAMAGED' });
      await store.put(bytes);
      expect(await store.get(digest)).toEqual(bytes);
    });

    it('repairs a truncated blob with a put that comes before anyone has read it', async () => {
      await store.put(bytes);
      await objects.write(keyOf(digest), bytes.subarray(0, 3));
      await store.put(bytes);
      expect(await store.get(digest)).toEqual(bytes);
    });

    it('lists its blobs and nothing else, and deletes them', async () => {
      const doomed = await store.put(Buffer.from('doomed'));
      await objects.write(`${prefix}ab/cd/README`, bytes);
      const listed = await all(store.list());
      expect(listed.find((blob) => blob.digest === doomed)).toMatchObject({ sizeBytes: 6 });
      expect(listed.every((blob) => /^[0-9a-f]{64}$/.test(blob.digest))).toBe(true);
      await store.delete(doomed);
      await store.delete(doomed);
      expect(await store.has(doomed)).toBe(false);
      expect((await all(store.list())).map((blob) => blob.digest)).not.toContain(doomed);
    });

    it.each(['', 'abc', '../../etc/passwd', digest.toUpperCase(), `${digest}0`])(
      'refuses %j as a digest',
      async (wrong) => {
        await expect(store.get(wrong)).rejects.toThrow(
          'Expected 64 lower-case hexadecimal digits for digest',
        );
        await expect(store.has(wrong)).rejects.toThrow(RangeError);
        await expect(store.delete(wrong)).rejects.toThrow(RangeError);
      },
    );
  });

  describe(`DerivedStore in ${name}`, () => {
    let objects: Objects;
    let prefix: string;
    let store: DerivedStore;
    beforeAll(() => {
      objects = open();
      prefix = `derived-${randomBytes(4).toString('hex')}/`;
      store = new DerivedStore(objects, prefix);
    });

    it('gives back what was put under all three keys, and nothing under others', async () => {
      await store.put('embedding', 'model-a', digest, vector);
      expect(await store.get('embedding', 'model-a', digest)).toEqual(vector);
      expect(await store.get('embedding', 'model-b', digest)).toBeUndefined();
      expect(await store.get('cutouts', 'model-a', digest)).toBeUndefined();
      expect(await store.get('embedding', 'model-a', sha256Hex(vector))).toBeUndefined();
    });

    it('replaces what was there, and keeps empty bytes', async () => {
      await store.put('cutouts', 'model-a', digest, vector);
      await store.put('cutouts', 'model-a', digest, new Uint8Array());
      expect(await store.get('cutouts', 'model-a', digest)).toHaveLength(0);
    });

    it.each([
      ['truncated', Buffer.alloc(36, 7)],
      ['emptied', Buffer.alloc(0)],
      ['overwritten', Buffer.alloc(40, 7)],
    ])('counts an entry that was %s as missing', async (_, damaged) => {
      await store.put('embedding', 'model-a', digest, vector);
      await objects.write(`${prefix}embedding/model-a/${digest.slice(0, 2)}/${digest}`, damaged);
      expect(await store.get('embedding', 'model-a', digest)).toBeUndefined();
      await store.put('embedding', 'model-a', digest, vector);
      expect(await store.get('embedding', 'model-a', digest)).toEqual(vector);
    });

    it('lists its results by their keys, and deletes them', async () => {
      await store.put('text', 'model-c', digest, vector);
      const keys = { kind: 'text', modelDigest: 'model-c', contentDigest: digest };
      const listed = (await all(store.list())).find(({ modelDigest }) => modelDigest === 'model-c')!;
      expect(listed).toMatchObject({ ...keys, sizeBytes: 40 });
      await store.delete(listed);
      await store.delete(listed);
      expect(await store.get('text', 'model-c', digest)).toBeUndefined();
      expect(await all(store.list())).not.toContainEqual(expect.objectContaining(keys));
    });

    it('refuses keys that could name a path elsewhere', async () => {
      await expect(store.get('embedding', '../model', digest)).rejects.toThrow(
        'for modelDigest but received',
      );
      await expect(store.get('embedding', '..', digest)).rejects.toThrow(RangeError);
      await expect(store.put('text', 'model', '../x', vector)).rejects.toThrow(
        'for contentDigest but received',
      );
      await expect(store.get('../x' as DerivedKind, 'model', digest)).rejects.toThrow(
        'for kind but received',
      );
    });
  });
}
