import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { FolderBlobStore } from '@collage/blobs/blob-store.js';
import { binaries, skipNote, testDatabases } from '@collage/database/testing/test-databases.js';
import { UploadedPhotos } from './uploaded-photos.js';

const databases = testDatabases();
const said = { title: '', author: '', authorUrl: '', sourceUrl: '', license: 'CC0', description: '' };

async function open(limit: number) {
  const database = databases.open(await databases.settingsFor());
  const blobs = new FolderBlobStore(join(await databases.folder(), 'blobs'));
  const photos = new UploadedPhotos(database, blobs, () => new Date(0), limit);
  const add = async (shade: number, owner = 'ann', title = '') => {
    const background = { r: shade, g: 0, b: 0 };
    const picture = sharp({ create: { width: 300, height: 200, channels: 3, background } });
    return photos.add(owner, await picture.png().toBuffer(), { ...said, title });
  };
  const stored = async () => {
    let count = 0;
    for await (const _ of blobs.list()) count++;
    return count;
  };
  return { photos, add, stored };
}

describe.skipIf(!binaries)(`uploaded photos (${skipNote})`, { timeout: 120_000 }, () => {
  it('are no more of an owner than may be, and the refused take no room', async () => {
    const { photos, add, stored } = await open(2);
    const first = await add(10);
    await add(20);
    await expect(add(30)).rejects.toMatchObject({ reason: 'TOO_MANY_PHOTOS' });
    expect(await stored()).toBe(2);
    // One that is there may come again; another owner has a limit of their own.
    expect(await add(10, 'ann', 'a red one')).toEqual({
      ...first,
      credit: { ...first.credit!, title: 'a red one' },
    });
    await add(30, 'bob');
    await photos.delete('ann', first.digest);
    await add(30);
    expect(await photos.list('ann', 10)).toHaveLength(2);
  });

  it('are no more than that either when many come at once', async () => {
    const { photos, add } = await open(3);
    const results = await Promise.allSettled(Array.from({ length: 8 }, (_, index) => add(10 * index)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    expect(await photos.list('ann', 10)).toHaveLength(3);
  });
});
