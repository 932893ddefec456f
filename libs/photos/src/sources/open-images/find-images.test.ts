import { describe, expect, it, vi } from 'vitest';
import { sha256Hex } from '@collage/blobs/blob-store.js';
import { binaries, skipNote } from '@collage/database/testing/test-databases.js';
import { statusPage } from '@collage/fetch/testing/faults.js';
import { Keyphrase } from '@collage/proto/collage/v1/collage.js';
import { collect, queryFor } from '../../testing/findings.js';
import { imageIdOf, type ListedImage } from './testing/listed-images.js';
import { large, openImagesSetup } from './testing/open-images-setup.js';

const given = openImagesSetup();

describe.skipIf(!binaries)(`photos of OpenImages (${skipNote})`, { timeout: 240_000 }, () => {
  it('are found by labels and titles like the keyphrase, with everything a credit needs', async () => {
    const images: ListedImage[] = [
      {
        imageId: imageIdOf(1),
        title: '_GUT6674',
        author: 'Karen, of Berlin',
        ...(await given.hosted('1', await large(1))),
      },
      { imageId: imageIdOf(2), title: 'a red fox in snow', ...(await given.hosted('2', await large(2))) },
      { imageId: imageIdOf(3), title: 'an old truck', ...(await given.hosted('3', await large(3))) },
    ];
    const database = await given.databaseWith(images, [
      ['Penguin', 1],
      ['Animal', 1],
      ['Truck', 3],
    ]);
    const { photos, skipped } = await collect(given.sourceOf(database).find(queryFor(['penguin'], 1)));
    expect(skipped).toEqual([]);
    const [{ photo, bytes }] = photos as [(typeof photos)[0]];
    expect(photo).toMatchObject({
      source: 'open-images',
      sourceId: imageIdOf(1),
      width: 800,
      height: 600,
      mediaType: 'image/jpeg',
      categories: ['Animal', 'Penguin'],
      restrictions: ['license as listed by OpenImages in 2016, which does not warrant it'],
      credit: {
        title: '_GUT6674',
        author: 'Karen, of Berlin',
        authorUrl: 'https://photos.example/people/ann',
        sourceUrl: `https://photos.example/pages/${imageIdOf(1)}`,
        license: { id: 'CC-BY-2.0', url: 'https://creativecommons.org/licenses/by/2.0/' },
        photoDigest: photo.digest,
      },
    });
    expect(sha256Hex(await bytes())).toBe(photo.digest);
    const fox = await collect(given.sourceOf(database).find(queryFor(['red fox'], 1)));
    expect(fox.names).toEqual([imageIdOf(2)]);
  });

  it('come the same again without a request, the keyphrases taking turns by weight, each photo for what it shows best', async () => {
    const numbers = [1, 2, 3, 4, 5, 6, 7];
    const images = await Promise.all(
      numbers.map(async (number) => ({
        imageId: imageIdOf(number),
        ...(await given.hosted(`p${number}`, await large(number))),
      })),
    );
    const database = await given.databaseWith(images, [
      ...[1, 2, 3, 4].map((number): [string, number] => ['Penguin', number]),
      ...[4, 5, 6, 7].map((number): [string, number] => ['Snowy mountain', number]),
    ]);
    const keyphrases = [
      Keyphrase.fromPartial({
        text: 'penguins skiing',
        queries: ['penguins skiing', 'penguin'],
        weight: 0.5,
      }),
      Keyphrase.fromPartial({ text: 'snowy mountain', queries: ['snowy mountain'], weight: 0.5 }),
    ];
    const find = () => collect(given.sourceOf(database).find({ ...queryFor([], 4), keyphrases }));
    const { names } = await find();
    expect(names).toEqual([1, 4, 2, 5].map(imageIdOf));
    const requests = given.hosts.requests.length;
    expect((await find()).names).toEqual(names);
    expect(given.hosts.requests.slice(requests)).toEqual([]);
  });

  it('under a license that is asked for are found however many others are nearer', async () => {
    const CC0 = 'https://creativecommons.org/publicdomain/zero/1.0/';
    // More than the 4 looked up for each one wanted; those with the license come last of equals.
    const numbers = Array.from({ length: 30 }, (_, index) => index + 1);
    const images: ListedImage[] = await Promise.all(
      numbers.map(async (number) => ({
        imageId: imageIdOf(number),
        ...(number > 28
          ? { license: CC0, ...(await given.hosted(`cc0-${number}`, await large(number))) }
          : { originalUrl: given.hosts.address(`/by-${number}`) }),
      })),
    );
    const database = await given.databaseWith(
      images,
      numbers.map((number): [string, number] => ['Penguin', number]),
    );
    const wishes = (licenses: string[]) => ({
      ...queryFor(['penguin'], 2),
      licenses: { noncommercialAllowed: false, licenses },
    });
    const { names, reasons } = await collect(given.sourceOf(database).find(wishes(['CC0'])));
    expect(names).toEqual([imageIdOf(29), imageIdOf(30)]);
    expect(reasons).toEqual(['LICENSE_NOT_WANTED all photos under CC BY 2.0']);
    const requests = given.hosts.requests.length;
    const none = await collect(given.sourceOf(database).find(wishes(['CC-BY-SA'])));
    expect(none.names).toEqual([]);
    expect(none.reasons).toEqual([
      'LICENSE_NOT_WANTED all photos under CC BY 2.0',
      'LICENSE_NOT_WANTED all photos under CC0 1.0',
    ]);
    expect(given.hosts.requests).toHaveLength(requests);
  });

  it('are told of keyphrase by keyphrase, and not looked up any further once the signal aborts', async () => {
    const CC0 = 'https://creativecommons.org/publicdomain/zero/1.0/';
    const database = await given.databaseWith([
      { imageId: imageIdOf(1), title: 'a penguin', originalUrl: given.hosts.on('/none-1', statusPage(404)) },
      {
        imageId: imageIdOf(2),
        title: 'a fox',
        license: CC0,
        originalUrl: given.hosts.on('/none-2', statusPage(404)),
      },
    ]);
    const query = {
      ...queryFor(['penguin', 'fox'], 2),
      licenses: { noncommercialAllowed: false, licenses: ['CC0'] },
    };
    const { progress } = await collect(given.sourceOf(database).find(query));
    expect(progress).toEqual(
      [1, 2].map((done) => ({ kind: 'progress', done, total: 2, unit: 'keyphrases looked up' })),
    );
    // The lookup waits for a table that another has, as it would read millions of rows.
    const { pool } = await database.connect();
    const other = await pool.connect();
    const stop = new AbortController();
    const stream = given.sourceOf(database).find(query, stop.signal)[Symbol.asyncIterator]();
    expect((await stream.next()).value).toMatchObject({
      kind: 'skipped',
      name: 'all photos under CC BY 2.0',
    });
    await other.query('BEGIN; LOCK TABLE open_image');
    const failure = expect(stream.next()).rejects.toThrow('Ctrl-C');
    await vi.waitFor(async () => {
      const { rows } = await pool.query(
        "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND starts_with(query, 'WITH near')",
      );
      expect(rows).toHaveLength(1);
    }, 60_000);
    stop.abort(new Error('Ctrl-C'));
    await failure;
    await other.query('ROLLBACK');
    other.release();
    expect((await collect(given.sourceOf(database).find(query))).progress).toHaveLength(2);
  });
});
