import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from './blob-store.js';
import { DerivedStore, type DerivedKind } from './derived-store.js';

let folder: string;
let store: DerivedStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'derived-'));
  store = new DerivedStore(folder);
});
afterEach(() => rm(folder, { recursive: true }));

const photo = sha256Hex(Buffer.from('a photo'));
const vector = Buffer.from(new Float32Array([0.6, 0.8]).buffer);

describe('DerivedStore', () => {
  it('gives back what was put under all three keys, and nothing under others', async () => {
    await store.put('embedding', 'model-a', photo, vector);
    expect(await store.get('embedding', 'model-a', photo)).toEqual(vector);
    expect(await store.get('embedding', 'model-b', photo)).toBeUndefined();
    expect(await store.get('cutouts', 'model-a', photo)).toBeUndefined();
    expect(await store.get('embedding', 'model-a', sha256Hex(vector))).toBeUndefined();
  });

  it('replaces what was there, and keeps empty bytes', async () => {
    await store.put('cutouts', 'model-a', photo, vector);
    await store.put('cutouts', 'model-a', photo, new Uint8Array());
    expect(await store.get('cutouts', 'model-a', photo)).toHaveLength(0);
  });

  it.each([
    ['truncated', (path: string) => truncate(path, 36)],
    ['emptied', (path: string) => truncate(path, 0)],
    ['overwritten', (path: string) => writeFile(path, Buffer.alloc(40, 7))],
  ])('counts an entry that was %s as missing', async (_, damage) => {
    await store.put('embedding', 'model-a', photo, vector);
    await damage(join(folder, 'embedding', 'model-a', photo.slice(0, 2), photo));
    expect(await store.get('embedding', 'model-a', photo)).toBeUndefined();
    await store.put('embedding', 'model-a', photo, vector);
    expect(await store.get('embedding', 'model-a', photo)).toEqual(vector);
  });

  it('refuses keys that could name a path elsewhere', async () => {
    await expect(store.get('embedding', '../model', photo)).rejects.toThrow('for modelDigest but received');
    await expect(store.get('embedding', '..', photo)).rejects.toThrow(RangeError);
    await expect(store.put('text', 'model', '../x', vector)).rejects.toThrow(
      'for contentDigest but received',
    );
    await expect(store.get('../x' as DerivedKind, 'model', photo)).rejects.toThrow('for kind but received');
  });
});
