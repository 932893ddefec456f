import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '@collage/blobs/blob-store.js';
import { binaries, skipNote } from '@collage/database/testing/test-databases.js';
import type { Reply } from '@collage/fetch/testing/fault-server.js';
import { content, redirect, statusPage } from '@collage/fetch/testing/faults.js';
import { FakeClock } from '@collage/fetch/testing/test-fetcher.js';
import { preparePhoto } from '../../prepare-photo.js';
import { collect, queryFor } from '../../testing/findings.js';
import { picture, redAndBlue } from '../../testing/pictures.js';
import { fetchImage } from './fetch-image.js';
import type { ImageRow } from './image-row.js';
import { imageIdOf, type ListedImage } from './testing/listed-images.js';
import { large, openImagesSetup, photoOf } from './testing/open-images-setup.js';

const given = openImagesSetup();
/** A photo that says nothing of itself. */
const aRow: ImageRow = {
  imageId: imageIdOf(1),
  subset: 'train',
  originalUrl: '',
  landingUrl: '',
  licenseUrl: '',
  author: null,
  authorUrl: null,
  title: null,
  originalSize: null,
  originalMd5: null,
  thumbnailUrl: null,
  rotation: null,
};

describe.skipIf(!binaries)(`photos of OpenImages (${skipNote})`, { timeout: 240_000 }, () => {
  it('are fetched as thumbnails where these are large enough, and turned where OpenImages says so', async () => {
    const turned = await redAndBlue({ width: 800, height: 600 }).jpeg().toBuffer();
    const thumbnail = (name: string, bytes: Buffer) =>
      given.hosts.on(`/${name}`, content(bytes, 'image/jpeg'));
    const images: ListedImage[] = [
      {
        imageId: imageIdOf(1),
        ...(await given.hosted('square', await large(1))),
        thumbnailUrl: thumbnail('square_z', await picture(1, { width: 600, height: 520 })),
      },
      {
        imageId: imageIdOf(2),
        ...(await given.hosted('wide', await large(2))),
        thumbnailUrl: thumbnail('wide_z', await picture(2, { width: 640, height: 427 })),
      },
      {
        imageId: imageIdOf(3),
        ...(await given.hosted('turned', turned)),
        thumbnailUrl: thumbnail('turned_z', turned),
        rotation: '90.0',
      },
      {
        imageId: imageIdOf(4),
        ...(await given.hosted('whole', await large(4))),
        thumbnailUrl: given.hosts.on('/gone_z', statusPage(404)),
      },
      {
        imageId: imageIdOf(5),
        ...(await given.hosted('panorama', await large(5))),
        thumbnailUrl: thumbnail('panorama_z', await picture(5, { width: 640, height: 360 })),
      },
    ];
    const database = await given.databaseWith(
      images,
      [1, 2, 3, 4, 5].map((number): [string, number] => ['Penguin', number]),
    );
    const { photos } = await collect(given.sourceOf(database).find(queryFor(['penguin'], 5)));
    expect(photos.map(({ photo: { width, height } }) => `${width} x ${height}`)).toEqual([
      '600 x 520',
      '640 x 427',
      '600 x 800',
      '800 x 600',
      '800 x 600',
    ]);
    expect(given.downloads('/square', '/wide', '/turned_z')).toEqual([0, 0, 0]);
    // Red was on the left: counter-clockwise it comes to the bottom.
    const bytes = await photos[2]!.bytes();
    expect(sha256Hex(bytes)).toBe(photos[2]!.photo.digest);
    const { data } = await sharp(bytes)
      .resize(1, 2, { fit: 'fill' })
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([data[0]! < 60, data[2]! > 200, data[3]! > 200, data[5]! < 60]).toEqual([true, true, true, true]);
  });

  it('are turned once, by their EXIF orientation or else as OpenImages says', async () => {
    // Red is on the left as stored: orientation 8 and 90 degrees counter-clockwise both bring it to the bottom, 6 on top.
    const stored = redAndBlue({ width: 800, height: 600 });
    const plain = await stored.clone().jpeg().toBuffer();
    const oriented = (orientation: number) => stored.clone().withMetadata({ orientation }).jpeg().toBuffer();
    const cases: [name: string, bytes: Buffer, rotation: string, expected: string][] = [
      ['none-90', plain, '90', '600 x 800 red below'],
      ['none-0', plain, '0', '800 x 600'],
      ['none-unknown', plain, '', '800 x 600'],
      ['1-90', await oriented(1), '90.0', '600 x 800 red below'],
      ['1-270', await oriented(1), '270', '600 x 800 red above'],
      ['8-90', await oriented(8), '90.0', '600 x 800 red below'],
      ['6-270', await oriented(6), '270', '600 x 800 red above'],
      ['8-unknown', await oriented(8), '', '600 x 800 red below'],
      // Where the two contradict each other, the file's own word counts.
      ['6-90', await oriented(6), '90', '600 x 800 red above'],
    ];
    for (const [name, bytes, rotation, expected] of cases) {
      const { originalUrl } = await given.hosted(`turn-${name}`, bytes);
      const listed = { originalUrl, originalSize: bytes.length, thumbnailUrl: null, originalMd5: null };
      const image = { ...listed, imageId: name, rotation: rotation === '' ? null : Number(rotation) };
      const fetched = await fetchImage({ ...aRow, ...image }, given.fetcher, 512);
      if ('kind' in fetched) throw new Error(`${name}: ${fetched.detail}`);
      const small = sharp(await fetched.bytes()).resize(1, 2, { fit: 'fill' });
      const [red, , , below] = await small.raw().toBuffer();
      const side = fetched.width > fetched.height ? '' : red! > below! ? ' red above' : ' red below';
      expect(`${name}: ${fetched.width} x ${fetched.height}${side}`).toBe(`${name}: ${expected}`);
    }
    // Kept before the orientation was noted: whether it was turned is not known, so it is fetched again.
    const { originalUrl } = await given.hosted('turn-old', plain);
    const ofBefore = given.fetcherAgain({
      preparePhoto: async (bytes) => ({ ...(await preparePhoto(bytes)), orientation: undefined }),
    });
    await ofBefore.photo(originalUrl);
    const old = { ...aRow, originalUrl, originalSize: null, rotation: 90 };
    for (let times = 0; times < 2; times++) {
      expect(await fetchImage(old, given.fetcher, 512)).toMatchObject({ width: 600, height: 800 });
      expect(given.hosts.asked('/turn-old')).toBe(2);
    }
    // Where it is not turned, what was kept will do.
    const other = await given.hosted('not-turned-old', plain);
    await ofBefore.photo(other.originalUrl);
    await fetchImage({ ...old, ...other, rotation: 0 }, given.fetcher, 512);
    expect(given.hosts.asked('/not-turned-old')).toBe(1);
  });

  it('are taken as thumbnails only while the original is as listed, where its host says so', async () => {
    const bytes = await large(1);
    const thumbnailUrl = given.hosts.on('/a_z', photoOf(await picture(1, { width: 640, height: 480 })));
    given.hosts.on('/unavailable.png', photoOf(await picture(2)));
    const cases: [path: string, reply: Reply, expected: string][] = [
      ['/as-listed', photoOf(bytes), '640 x 480'],
      ['/says-nothing', content(bytes), '640 x 480'],
      ['/no-head', statusPage(405), '640 x 480'],
      ['/exchanged', photoOf(await large(2)), 'PHOTO_CHANGED'],
      ['/taken-down', redirect('/unavailable.png'), 'PHOTO_CHANGED'],
      ['/gone-404', statusPage(404), 'NOT_FOUND'],
      ['/gone-410', statusPage(410), 'NOT_FOUND'],
    ];
    for (const [path, reply, expected] of cases) {
      const listed = { ...aRow, imageId: path, originalSize: bytes.length, thumbnailUrl };
      const image = { ...listed, originalUrl: given.hosts.on(path, reply) };
      for (let times = 0; times < 2; times++) {
        const fetched = await fetchImage(image, given.fetcher, 512);
        const outcome = 'kind' in fetched ? fetched.reason : `${fetched.width} x ${fetched.height}`;
        expect(`${path} ${outcome}`).toBe(`${path} ${expected}`);
      }
      // What the host said is kept; the original was not fetched.
      expect([given.hosts.asked(path), given.downloads(path)]).toEqual([1, [0]]);
    }
    expect(given.hosts.asked('/a_z')).toBe(1);
    // A size that is not listed can not differ.
    const unlisted = { ...aRow, originalUrl: given.hosts.address('/exchanged'), thumbnailUrl };
    expect(await fetchImage(unlisted, given.fetcher, 512)).toMatchObject({ width: 640 });
  });

  it('that were others are looked at again the next day, by thumbnail and by original', async () => {
    const bytes = await large(1);
    const listed = { ...aRow, originalSize: bytes.length };
    const thumbnailUrl = given.hosts.on('/p_z', photoOf(await picture(1, { width: 640, height: 480 })));
    for (const image of [{ thumbnailUrl }, { thumbnailUrl: null }]) {
      const path = `/portal-${image.thumbnailUrl === null ? 'original' : 'thumbnail'}`;
      const wanted = { ...listed, ...image, originalUrl: given.hosts.on(path, photoOf(await large(2))) };
      expect(await fetchImage(wanted, given.fetcher, 512)).toMatchObject({ reason: 'PHOTO_CHANGED' });
      given.hosts.on(path, photoOf(bytes));
      expect(await fetchImage(wanted, given.fetcher, 512)).toMatchObject({ reason: 'PHOTO_CHANGED' });
      const tomorrow = given.fetcherAgain({ clock: new FakeClock(new FakeClock().now() + 25 * 3600_000) });
      expect(await fetchImage(wanted, tomorrow, 512)).toHaveProperty('digest');
    }
  });
});
