import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from '@collage/blobs/blob-store.js';
import { FaultServer } from '@collage/fetch/testing/fault-server.js';
import { content, faults, redirect } from '@collage/fetch/testing/faults.js';
import { testFetcher, type TestFetcher } from '@collage/fetch/testing/test-fetcher.js';
import { preparePhoto } from './prepare-photo.js';
import { colors, picture, pngBomb } from './testing/pictures.js';

let server: FaultServer;
let test: TestFetcher;
beforeAll(async () => {
  server = await FaultServer.start();
});
afterAll(() => server.close());
beforeEach(async () => {
  test = await testFetcher({ allow: [server.host], preparePhoto });
});
afterEach(() => test.remove());

async function animatedGif(): Promise<Buffer> {
  const frames = await Promise.all([1, 2, 3].map((seed) => colors(seed, 64, 64).png().toBuffer()));
  return sharp(frames, { join: { animated: true } })
    .gif()
    .toBuffer();
}

const svg =
  '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/hostname"/></svg>';

/** The pixels of a JPEG of 400 x 320, cut off; the host says that this is all. */
const truncated = async () => {
  const whole = await picture(1);
  return whole.subarray(0, whole.length / 2);
};

describe('a photo from a host', () => {
  it('is found to be one by its content, whatever the host says', async () => {
    const received = await picture(7);
    const photo = await test.fetcher.photo(server.on('/a.txt', content(received, 'text/plain')));
    expect(photo).toMatchObject({ mediaType: 'image/jpeg', width: 400, height: 320 });
    expect(photo.sha1).toBe(createHash('sha1').update(received).digest('hex'));
    const stored = await photo.bytes();
    expect(sha256Hex(stored)).toBe(photo.digest);
    expect(await sharp(stored).metadata()).toMatchObject({ format: 'jpeg', width: 400, height: 320 });
  });

  it.each([
    ['a truncated JPEG', truncated, "can't be decoded"],
    ['a page of HTML', async () => '<!DOCTYPE html><h1>Not now</h1>', 'Expected jpeg, png, webp, avif, heif'],
    ['an animated GIF named .jpg', animatedGif, 'received gif'],
    ['an SVG named .jpg', async () => svg, 'received svg'],
    ['a bomb of 900 megapixels', async () => pngBomb({ width: 30_000, height: 30_000 }), '30000 x 30000'],
    ['nothing at all', async () => '', 'The file is empty'],
  ])('that is %s is NOT_A_PHOTO, and leaves nothing behind', async (name, make, words) => {
    const path = `/${encodeURIComponent(name)}.jpg`;
    const address = server.on(path, content(await make(), 'image/jpeg'));
    const photo = test.fetcher.photo(address);
    await expect(photo).rejects.toMatchObject({ name: 'FetchError', reason: 'NOT_A_PHOTO', address });
    await expect(photo).rejects.toThrow(words);
    expect(server.asked(path)).toBe(1);
    expect(test.fetcher.totals()).toMatchObject({ requests: 1, failures: { NOT_A_PHOTO: 1 } });
    expect(await readdir(test.folder)).toEqual(['fetched']);
  });

  it('that breaks off in the middle is asked for again', async () => {
    const whole = content(await picture(2), 'image/jpeg');
    const address = server.on('/flaky.jpg', faults.resetMidBody, faults.tooManyRequestsInHtml, whole);
    expect(await test.fetcher.photo(address)).toMatchObject({ width: 400, height: 320 });
    expect(test.fetcher.totals()).toMatchObject({ requests: 3, failures: {} });
  });

  it('lies at one place under however many addresses', async () => {
    const target = server.on('/one.jpg', content(await picture(3), 'image/jpeg'));
    const first = await test.fetcher.photo(target);
    const second = await test.fetcher.photo(server.on('/two.jpg', redirect(target)));
    expect(second.digest).toBe(first.digest);
    const files = await readdir(test.folder, { recursive: true });
    expect(files.filter((file) => file.endsWith(first.digest))).toHaveLength(1);
  });

  it('is had a second time, and in a second run, without any request', async () => {
    const addresses = await Promise.all(
      [1, 2, 3, 4, 5].map(async (seed) => server.on(`/${seed}.jpg`, content(await picture(seed)))),
    );
    const bad = server.on('/bad.jpg', content(svg));
    const run = async (fetcher = test.fetcher) => {
      await expect(fetcher.photo(bad)).rejects.toMatchObject({ reason: 'NOT_A_PHOTO' });
      const photos = await Promise.all(addresses.map((address) => fetcher.photo(address)));
      return photos.map(({ digest }) => digest);
    };
    const cold = await run();
    const warm = test.again();
    expect(await run(warm)).toEqual(cold);
    expect(test.fetcher.totals().requests).toBe(6);
    expect(warm.totals()).toMatchObject({ requests: 0, bytes: 0, cacheHits: 6 });
  });
});
