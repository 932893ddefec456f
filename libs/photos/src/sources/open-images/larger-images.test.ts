import { describe, expect, it, vi } from 'vitest';
import { sha256Hex } from '@collage/blobs/blob-store.js';
import type { Database } from '@collage/database/database.js';
import { DatabaseError } from '@collage/database/database-error.js';
import { binaries, skipNote } from '@collage/database/testing/test-databases.js';
import { content, statusPage } from '@collage/fetch/testing/faults.js';
import { Photo } from '@collage/proto/collage/v1/photo.js';
import type { LargerPhoto, SkippedPhoto } from '../../photo-source.js';
import { collect, queryFor } from '../../testing/findings.js';
import { ManualClock } from '../../testing/manual-clock.js';
import { picture } from '../../testing/pictures.js';
import { imageIdOf, type ListedImage } from './testing/listed-images.js';
import { large, openImagesSetup, photoOf } from './testing/open-images-setup.js';

const given = openImagesSetup();

describe.skipIf(!binaries)(`photos of OpenImages (${skipNote})`, { timeout: 240_000 }, () => {
  it('are had larger where they were found as thumbnails, unless the original is gone or not as listed', async () => {
    const larger = await picture(1, { width: 1280, height: 960 });
    const thumbnail = async (seed: number) =>
      given.hosts.on(
        `/${seed}_small`,
        content(await picture(seed, { width: 640, height: 480 }), 'image/jpeg'),
      );
    const images: ListedImage[] = [
      { imageId: imageIdOf(1), ...(await given.hosted('l1', larger)), thumbnailUrl: await thumbnail(1) },
      // These two were still as listed when their thumbnails were fetched.
      {
        imageId: imageIdOf(2),
        originalUrl: given.hosts.on('/l2', photoOf(larger), photoOf(await large(2))),
        originalSize: larger.length,
        thumbnailUrl: await thumbnail(2),
      },
      {
        imageId: imageIdOf(3),
        originalUrl: given.hosts.on('/l3', photoOf(larger), statusPage(404)),
        originalSize: larger.length,
        thumbnailUrl: await thumbnail(3),
      },
      { imageId: imageIdOf(4), ...(await given.hosted('l4', await large(4))) },
      {
        imageId: imageIdOf(5),
        ...(await given.hosted('l5', await picture(5, { width: 640, height: 480 }))),
        thumbnailUrl: await thumbnail(5),
      },
    ];
    const database = await given.databaseWith(
      images,
      images.map((_, index): [string, number] => ['Penguin', index + 1]),
    );
    const source = given.sourceOf(database);
    const { photos, skipped } = await collect(source.find(queryFor(['penguin'], 5)));
    expect([photos.length, skipped]).toEqual([5, []]);
    expect(given.downloads('/l1', '/l2', '/l3', '/l4', '/l5')).toEqual([0, 0, 0, 1, 0]);

    const wishes = photos.map(({ photo }) => ({ photo, width: 1000 }));
    const strange = { photo: { ...photos[0]!.photo, sourceId: imageIdOf(77) }, width: 1000 };
    const findings = [];
    for await (const finding of source.larger!([...wishes, strange])) findings.push(finding);
    // Of the photos that are originals, which are as large as they get.
    expect(findings.flatMap((each) => (each.kind === 'largest' ? each.photo.sourceId : []))).toEqual([
      imageIdOf(4),
      imageIdOf(5),
    ]);
    const [first, ...others] = findings.filter(({ kind }) => kind !== 'largest') as [
      LargerPhoto,
      ...SkippedPhoto[],
    ];
    expect(first).toMatchObject({ kind: 'larger', width: 1280, photo: { sourceId: imageIdOf(1) } });
    expect(sha256Hex(await first.bytes())).toBe(first.digest);
    expect(others.map(({ reason, name, detail }) => [reason, name, detail.split(':')[0]])).toEqual([
      ['LARGER_UNAVAILABLE', imageIdOf(2), 'PHOTO_CHANGED'],
      ['LARGER_UNAVAILABLE', imageIdOf(3), 'NOT_FOUND'],
      ['LARGER_UNAVAILABLE', imageIdOf(77), 'it is not among the imported photos any more'],
    ]);
    // The photo that was found is the original: it was not asked for again.
    expect(given.hosts.asked('/l4')).toBe(1);
  });

  it('are not waited for longer than the limit where larger ones are slow', async () => {
    const originalUrl = given.hosts.on('/slow', () => {});
    const database = await given.databaseWith([{ imageId: imageIdOf(1), originalUrl, title: 'a penguin' }]);
    const clock = new ManualClock();
    const wishes = [{ photo: Photo.fromPartial({ sourceId: imageIdOf(1) }), width: 1000 }];
    const stream = given.sourceOf(database).larger!(wishes, undefined, { photoSeconds: 9, clock });
    const finding = stream[Symbol.asyncIterator]().next();
    await vi.waitFor(() => expect(given.hosts.asked('/slow')).toBe(1));
    await clock.pass(9);
    expect((await finding).value).toMatchObject({ reason: 'LARGER_TIMED_OUT', name: imageIdOf(1) });
  });

  it('are not had larger while the database is away: the smaller photos do', async () => {
    const database = await given.databaseWith([{ imageId: imageIdOf(1), title: 'a penguin' }]);
    const away = (error: Error): Database =>
      Object.assign(Object.create(database), { connect: () => Promise.reject(error) }) as Database;
    const wishes = [{ photo: Photo.fromPartial({ sourceId: imageIdOf(1) }), width: 1000 }];
    for (const error of [
      new DatabaseError('DATABASE_UNREACHABLE', 'it is not there'),
      Object.assign(new Error('terminating connection'), { code: '57P01' }),
    ]) {
      const findings = [];
      for await (const finding of given.sourceOf(away(error)).larger!(wishes)) findings.push(finding);
      expect(findings).toMatchObject([{ kind: 'skipped', reason: 'LARGER_UNAVAILABLE', name: imageIdOf(1) }]);
    }
  });
});
