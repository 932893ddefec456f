import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { sha256Hex } from '@collage/blobs/blob-store.js';
import type { Database } from '@collage/database/database.js';
import { DatabaseError } from '@collage/database/database-error.js';
import { root } from '@collage/database/testing/compile-library.js';
import { binaries, skipNote, testDatabases } from '@collage/database/testing/test-databases.js';
import { FaultServer, type Reply } from '@collage/fetch/testing/fault-server.js';
import { content, redirect, statusPage } from '@collage/fetch/testing/faults.js';
import { testFetcher, type TestFetcher } from '@collage/fetch/testing/test-fetcher.js';
import { InferenceConnection } from '@collage/inference/connection.js';
import { Embedder } from '@collage/inference/embedder.js';
import {
  type FakeInferenceServer,
  startFakeInferenceServer,
} from '@collage/inference/testing/fake-inference-server.js';
import { Keyphrase } from '@collage/proto/collage/v1/collage.js';
import { Photo } from '@collage/proto/collage/v1/photo.js';
import type { LargerPhoto, SkippedPhoto } from '../../photo-source.js';
import { collect, queryFor } from '../../testing/findings.js';
import { ManualClock } from '../../testing/manual-clock.js';
import { picture, redAndBlue } from '../../testing/pictures.js';
import { preparePhoto } from '../../prepare-photo.js';
import { embedTexts, type EmbedProgress, type TextEmbedder } from './embed-texts.js';
import { fetchImage } from './fetch-image.js';
import type { ImageRow } from './image-row.js';
import { importFile } from './import-file.js';
import { openImagesSource } from './open-images-source.js';
import { describeOpenImages } from './open-images-status.js';
import { imageIdOf, type ListedImage, listOfImages } from './testing/listed-images.js';

const databases = testDatabases();
const excerpt = join(root, '..', 'shared', 'openimages');
const corpus = join(root, '..', 'shared', 'corpus');
const hasExcerpt = existsSync(join(excerpt, 'corpus-in-openimages-columns.csv')) && existsSync(corpus);
if (!hasExcerpt) console.warn(`skipped: a search of the excerpt. There is no ${excerpt} or no ${corpus}`);

let folder: string;
let hosts: FaultServer;
let sidecar: FakeInferenceServer;
let connection: InferenceConnection;
let embedder: Embedder;
let test: TestFetcher;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'open-images-'));
  hosts = await FaultServer.start();
  sidecar = await startFakeInferenceServer();
  connection = new InferenceConnection(sidecar.address);
  embedder = new Embedder(connection);
});
afterAll(async () => {
  connection.close();
  sidecar.stop();
  await hosts.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  test = await testFetcher({ allow: [hosts.host], preparePhoto });
});
afterEach(() => test.remove());

const sourceOf = (database: Database, texts: TextEmbedder = embedder) =>
  openImagesSource({ database, fetcher: test.fetcher, embedder: async () => texts });

/** As photos' hosts answer: they say how large it is. */
const photoOf = (bytes: Buffer) => content(bytes, 'image/jpeg', { 'content-length': String(bytes.length) });

/** A photo that a host has, with its address and size. */
async function hosted(name: string, bytes: Buffer): Promise<{ originalUrl: string; originalSize: number }> {
  return { originalUrl: hosts.on(`/${name}`, photoOf(bytes)), originalSize: bytes.length };
}
/** How often each of these paths was downloaded. */
const downloads = (...paths: string[]) =>
  paths.map(
    (wanted) => hosts.requests.filter(({ path, method }) => path === wanted && method === 'GET').length,
  );
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
const large = (seed: number) => picture(seed, { width: 800, height: 600 });

/** A database with these images imported, and their texts embedded. */
async function databaseWith(
  images: readonly ListedImage[],
  labels: [string, number][] = [],
): Promise<Database> {
  const database = databases.open(await databases.settingsFor());
  const take = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    await importFile(database, join(folder, name));
  };
  await take('images.csv', listOfImages(images));
  const names = [...new Set(labels.map(([name]) => name))];
  const classOf = (name: string): string => `/m/0${names.indexOf(name)}`;
  if (names.length > 0) {
    await take(
      'classes.csv',
      ['LabelName,DisplayName', ...names.map((name) => `${classOf(name)},${name}`)].join('\n'),
    );
    const rows = labels.map(([name, number]) => `${imageIdOf(number)},verification,${classOf(name)},1`);
    await take('labels.csv', ['ImageID,Source,LabelName,Confidence', ...rows].join('\n'));
  }
  await embedTexts(database, async () => embedder);
  return database;
}

describe.skipIf(!binaries)(`photos of OpenImages (${skipNote})`, { timeout: 240_000 }, () => {
  it('are found by labels and titles like the keyphrase, with everything a credit needs', async () => {
    const images: ListedImage[] = [
      {
        imageId: imageIdOf(1),
        title: '_GUT6674',
        author: 'Karen, of Berlin',
        ...(await hosted('1', await large(1))),
      },
      { imageId: imageIdOf(2), title: 'a red fox in snow', ...(await hosted('2', await large(2))) },
      { imageId: imageIdOf(3), title: 'an old truck', ...(await hosted('3', await large(3))) },
    ];
    const database = await databaseWith(images, [
      ['Penguin', 1],
      ['Animal', 1],
      ['Truck', 3],
    ]);
    const { photos, skipped } = await collect(sourceOf(database).find(queryFor(['penguin'], 1)));
    expect(skipped).toEqual([]);
    const [{ photo, bytes }] = photos as [(typeof photos)[0]];
    expect(photo).toMatchObject({
      source: 'open-images',
      sourceId: imageIdOf(1),
      width: 800,
      height: 600,
      mediaType: 'image/jpeg',
      categories: ['Animal', 'Penguin'],
      credit: {
        restrictions: [expect.stringContaining('as listed by OpenImages')],
        title: '_GUT6674',
        author: 'Karen, of Berlin',
        authorUrl: 'https://photos.example/people/ann',
        sourceUrl: `https://photos.example/pages/${imageIdOf(1)}`,
        license: { id: 'CC-BY-2.0', url: 'https://creativecommons.org/licenses/by/2.0/' },
        photoDigest: photo.digest,
      },
    });
    expect(sha256Hex(await bytes())).toBe(photo.digest);
    const fox = await collect(sourceOf(database).find(queryFor(['red fox'], 1)));
    expect(fox.names).toEqual([imageIdOf(2)]);
  });

  it('come the same again without a request, the keyphrases taking turns by weight, each photo for what it shows best', async () => {
    const numbers = [1, 2, 3, 4, 5, 6, 7];
    const images = await Promise.all(
      numbers.map(async (number) => ({
        imageId: imageIdOf(number),
        ...(await hosted(`p${number}`, await large(number))),
      })),
    );
    const database = await databaseWith(images, [
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
    const find = () => collect(sourceOf(database).find({ ...queryFor([], 4), keyphrases }));
    const { names } = await find();
    expect(names).toEqual([1, 4, 2, 5].map(imageIdOf));
    const requests = hosts.requests.length;
    expect((await find()).names).toEqual(names);
    expect(hosts.requests.slice(requests)).toEqual([]);
  });

  it('are fetched as thumbnails where these are large enough, and turned where OpenImages says so', async () => {
    const turned = await redAndBlue({ width: 800, height: 600 }).jpeg().toBuffer();
    const thumbnail = (name: string, bytes: Buffer) => hosts.on(`/${name}`, content(bytes, 'image/jpeg'));
    const images: ListedImage[] = [
      {
        imageId: imageIdOf(1),
        ...(await hosted('square', await large(1))),
        thumbnailUrl: thumbnail('square_z', await picture(1, { width: 600, height: 520 })),
      },
      {
        imageId: imageIdOf(2),
        ...(await hosted('wide', await large(2))),
        thumbnailUrl: thumbnail('wide_z', await picture(2, { width: 640, height: 427 })),
      },
      {
        imageId: imageIdOf(3),
        ...(await hosted('turned', turned)),
        thumbnailUrl: thumbnail('turned_z', turned),
        rotation: '90.0',
      },
      {
        imageId: imageIdOf(4),
        ...(await hosted('whole', await large(4))),
        thumbnailUrl: hosts.on('/gone_z', statusPage(404)),
      },
      {
        imageId: imageIdOf(5),
        ...(await hosted('panorama', await large(5))),
        thumbnailUrl: thumbnail('panorama_z', await picture(5, { width: 640, height: 360 })),
      },
    ];
    const database = await databaseWith(
      images,
      [1, 2, 3, 4, 5].map((number): [string, number] => ['Penguin', number]),
    );
    const { photos } = await collect(sourceOf(database).find(queryFor(['penguin'], 5)));
    expect(photos.map(({ photo: { width, height } }) => `${width} x ${height}`)).toEqual([
      '600 x 520',
      '640 x 427',
      '600 x 800',
      '800 x 600',
      '800 x 600',
    ]);
    expect(downloads('/square', '/wide', '/turned_z')).toEqual([0, 0, 0]);
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
      const { originalUrl } = await hosted(`turn-${name}`, bytes);
      const listed = { originalUrl, originalSize: bytes.length, thumbnailUrl: null, originalMd5: null };
      const image = { ...listed, imageId: name, rotation: rotation === '' ? null : Number(rotation) };
      const fetched = await fetchImage({ ...aRow, ...image }, test.fetcher, 512);
      if ('kind' in fetched) throw new Error(`${name}: ${fetched.detail}`);
      const small = sharp(await fetched.bytes()).resize(1, 2, { fit: 'fill' });
      const [red, , , below] = await small.raw().toBuffer();
      const side = fetched.width > fetched.height ? '' : red! > below! ? ' red above' : ' red below';
      expect(`${name}: ${fetched.width} x ${fetched.height}${side}`).toBe(`${name}: ${expected}`);
    }
    // Kept before the orientation was noted: whether it was turned is not known, so it is fetched again.
    const { originalUrl } = await hosted('turn-old', plain);
    const ofBefore = test.again({
      preparePhoto: async (bytes) => ({ ...(await preparePhoto(bytes)), orientation: undefined }),
    });
    await ofBefore.photo(originalUrl);
    const old = { ...aRow, originalUrl, originalSize: null, rotation: 90 };
    for (let times = 0; times < 2; times++) {
      expect(await fetchImage(old, test.fetcher, 512)).toMatchObject({ width: 600, height: 800 });
      expect(hosts.asked('/turn-old')).toBe(2);
    }
    // Where it is not turned, what was kept will do.
    const other = await hosted('not-turned-old', plain);
    await ofBefore.photo(other.originalUrl);
    await fetchImage({ ...old, ...other, rotation: 0 }, test.fetcher, 512);
    expect(hosts.asked('/not-turned-old')).toBe(1);
  });

  it('are taken as thumbnails only while the original is as listed, where its host says so', async () => {
    const bytes = await large(1);
    const thumbnailUrl = hosts.on('/a_z', photoOf(await picture(1, { width: 640, height: 480 })));
    hosts.on('/unavailable.png', photoOf(await picture(2)));
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
      const image = { ...listed, originalUrl: hosts.on(path, reply) };
      for (let times = 0; times < 2; times++) {
        const fetched = await fetchImage(image, test.fetcher, 512);
        const outcome = 'kind' in fetched ? fetched.reason : `${fetched.width} x ${fetched.height}`;
        expect(`${path} ${outcome}`).toBe(`${path} ${expected}`);
      }
      // What the host said is kept; the original was not fetched.
      expect([hosts.asked(path), downloads(path)]).toEqual([1, [0]]);
    }
    expect(hosts.asked('/a_z')).toBe(1);
    // A size that is not listed can not differ.
    const unlisted = { ...aRow, originalUrl: hosts.address('/exchanged'), thumbnailUrl };
    expect(await fetchImage(unlisted, test.fetcher, 512)).toMatchObject({ width: 640 });
  });

  it('are had larger where they were found as thumbnails, unless the original is gone or not as listed', async () => {
    const larger = await picture(1, { width: 1280, height: 960 });
    const thumbnail = async (seed: number) =>
      hosts.on(`/${seed}_small`, content(await picture(seed, { width: 640, height: 480 }), 'image/jpeg'));
    const images: ListedImage[] = [
      { imageId: imageIdOf(1), ...(await hosted('l1', larger)), thumbnailUrl: await thumbnail(1) },
      // These two were still as listed when their thumbnails were fetched.
      {
        imageId: imageIdOf(2),
        originalUrl: hosts.on('/l2', photoOf(larger), photoOf(await large(2))),
        originalSize: larger.length,
        thumbnailUrl: await thumbnail(2),
      },
      {
        imageId: imageIdOf(3),
        originalUrl: hosts.on('/l3', photoOf(larger), statusPage(404)),
        originalSize: larger.length,
        thumbnailUrl: await thumbnail(3),
      },
      { imageId: imageIdOf(4), ...(await hosted('l4', await large(4))) },
      {
        imageId: imageIdOf(5),
        ...(await hosted('l5', await picture(5, { width: 640, height: 480 }))),
        thumbnailUrl: await thumbnail(5),
      },
    ];
    const database = await databaseWith(
      images,
      images.map((_, index): [string, number] => ['Penguin', index + 1]),
    );
    const source = sourceOf(database);
    const { photos, skipped } = await collect(source.find(queryFor(['penguin'], 5)));
    expect([photos.length, skipped]).toEqual([5, []]);
    expect(downloads('/l1', '/l2', '/l3', '/l4', '/l5')).toEqual([0, 0, 0, 1, 0]);

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
    expect(hosts.asked('/l4')).toBe(1);
  });

  it('are not waited for longer than the limit where larger ones are slow', async () => {
    const originalUrl = hosts.on('/slow', () => {});
    const database = await databaseWith([{ imageId: imageIdOf(1), originalUrl, title: 'a penguin' }]);
    const clock = new ManualClock();
    const wishes = [{ photo: Photo.fromPartial({ sourceId: imageIdOf(1) }), width: 1000 }];
    const stream = sourceOf(database).larger!(wishes, undefined, { photoSeconds: 9, clock });
    const finding = stream[Symbol.asyncIterator]().next();
    await vi.waitFor(() => expect(hosts.asked('/slow')).toBe(1));
    await clock.pass(9);
    expect((await finding).value).toMatchObject({ reason: 'LARGER_TIMED_OUT', name: imageIdOf(1) });
  });

  it('are not had larger while the database is away: the smaller photos do', async () => {
    const database = await databaseWith([{ imageId: imageIdOf(1), title: 'a penguin' }]);
    const away = (error: Error): Database =>
      Object.assign(Object.create(database), { connect: () => Promise.reject(error) }) as Database;
    const wishes = [{ photo: Photo.fromPartial({ sourceId: imageIdOf(1) }), width: 1000 }];
    for (const error of [
      new DatabaseError('DATABASE_UNREACHABLE', 'it is not there'),
      Object.assign(new Error('terminating connection'), { code: '57P01' }),
    ]) {
      const findings = [];
      for await (const finding of sourceOf(away(error)).larger!(wishes)) findings.push(finding);
      expect(findings).toMatchObject([{ kind: 'skipped', reason: 'LARGER_UNAVAILABLE', name: imageIdOf(1) }]);
    }
  });

  it('under a license that is asked for are found however many others are nearer', async () => {
    const CC0 = 'https://creativecommons.org/publicdomain/zero/1.0/';
    // More than the 4 looked up for each one wanted; those with the license come last of equals.
    const numbers = Array.from({ length: 30 }, (_, index) => index + 1);
    const images: ListedImage[] = await Promise.all(
      numbers.map(async (number) => ({
        imageId: imageIdOf(number),
        ...(number > 28
          ? { license: CC0, ...(await hosted(`cc0-${number}`, await large(number))) }
          : { originalUrl: hosts.address(`/by-${number}`) }),
      })),
    );
    const database = await databaseWith(
      images,
      numbers.map((number): [string, number] => ['Penguin', number]),
    );
    const wishes = (licenses: string[]) => ({
      ...queryFor(['penguin'], 2),
      licenses: { noncommercialAllowed: false, licenses },
    });
    const { names, reasons } = await collect(sourceOf(database).find(wishes(['CC0'])));
    expect(names).toEqual([imageIdOf(29), imageIdOf(30)]);
    expect(reasons).toEqual(['LICENSE_NOT_WANTED all photos under CC BY 2.0']);
    const requests = hosts.requests.length;
    const none = await collect(sourceOf(database).find(wishes(['CC-BY-SA'])));
    expect(none.names).toEqual([]);
    expect(none.reasons).toEqual([
      'LICENSE_NOT_WANTED all photos under CC BY 2.0',
      'LICENSE_NOT_WANTED all photos under CC0 1.0',
    ]);
    expect(hosts.requests).toHaveLength(requests);
  });

  it('are told of keyphrase by keyphrase, and not looked up any further once the signal aborts', async () => {
    const CC0 = 'https://creativecommons.org/publicdomain/zero/1.0/';
    const database = await databaseWith([
      { imageId: imageIdOf(1), title: 'a penguin', originalUrl: hosts.on('/none-1', statusPage(404)) },
      {
        imageId: imageIdOf(2),
        title: 'a fox',
        license: CC0,
        originalUrl: hosts.on('/none-2', statusPage(404)),
      },
    ]);
    const query = {
      ...queryFor(['penguin', 'fox'], 2),
      licenses: { noncommercialAllowed: false, licenses: ['CC0'] },
    };
    const { progress } = await collect(sourceOf(database).find(query));
    expect(progress).toEqual(
      [1, 2].map((done) => ({ kind: 'progress', done, total: 2, unit: 'keyphrases looked up' })),
    );
    // The lookup waits for a table that another has, as it would read millions of rows.
    const { pool } = await database.connect();
    const other = await pool.connect();
    const stop = new AbortController();
    const stream = sourceOf(database).find(query, stop.signal)[Symbol.asyncIterator]();
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
    expect((await collect(sourceOf(database).find(query))).progress).toHaveLength(2);
  });

  it('that can not be had or used are left out, with the reason', async () => {
    const ofOthers = await large(9);
    const images: ListedImage[] = [
      { imageId: imageIdOf(1), originalUrl: hosts.on('/dead', statusPage(404)) },
      { imageId: imageIdOf(2), ...(await hosted('small', await picture(2))) },
      { imageId: imageIdOf(3), ...(await hosted('placeholder', ofOthers)), originalSize: 123_456 },
      { imageId: imageIdOf(4), originalUrl: hosts.on('/page', content('<html>', 'text/html')) },
      { imageId: imageIdOf(5), author: ' ', ...(await hosted('nobody', await large(5))) },
      {
        imageId: imageIdOf(6),
        license: 'https://creativecommons.org/licenses/by-nc/2.0/',
        ...(await hosted('nc', await large(6))),
      },
      { imageId: imageIdOf(7), ...(await hosted('copy', await large(8))) },
      { imageId: imageIdOf(8), ...(await hosted('original', await large(8))) },
      { imageId: imageIdOf(9), originalUrl: 'http://10.0.0.1/private.jpg' },
    ];
    const database = await databaseWith(
      images,
      images.map((_, index): [string, number] => ['Penguin', index + 1]),
    );
    const { names, reasons } = await collect(sourceOf(database).find(queryFor(['penguin'], 9)));
    expect(names).toEqual([imageIdOf(7)]);
    expect(reasons.toSorted()).toEqual(
      [
        ['DUPLICATE', 8],
        ['NOT_A_PHOTO', 4],
        ['NOT_FOUND', 1],
        ['NO_AUTHOR', 5],
        ['PHOTO_CHANGED', 3],
        ['PRIVATE_ADDRESS', 9],
        ['TOO_SMALL', 2],
      ]
        .map(([reason, number]) => `${reason} ${imageIdOf(Number(number))}`)
        .concat('LICENSE_NC all photos under CC BY-NC 2.0')
        .toSorted(),
    );
    for (const path of ['/nobody', '/nc']) expect(hosts.asked(path)).toBe(0);
  });

  it('are at most so many of one author, the others not fetched', async () => {
    const images: ListedImage[] = await Promise.all(
      [1, 2, 3, 4].map(async (number) => ({
        imageId: imageIdOf(number),
        author: number === 4 ? 'Somebody else' : 'Karen',
        ...(await hosted(`by-author-${number}`, await large(10 + number))),
      })),
    );
    const database = await databaseWith(
      images,
      images.map((_, index): [string, number] => ['Penguin', index + 1]),
    );
    const query = { ...queryFor(['penguin'], 4), photosPerAuthor: 2 };
    const { names, reasons } = await collect(sourceOf(database).find(query));
    expect(names).toEqual([imageIdOf(1), imageIdOf(2), imageIdOf(4)]);
    expect(reasons).toEqual([`AUTHOR_LIMIT ${imageIdOf(3)}`]);
    expect(hosts.asked('/by-author-3')).toBe(0);
  });

  it('that are gone take no place of their author', async () => {
    const images: ListedImage[] = await Promise.all(
      [1, 2, 3, 4].map(async (number) => ({
        imageId: imageIdOf(number),
        author: 'Karen',
        ...(number === 1
          ? { originalUrl: hosts.on('/gone-of-karen', statusPage(404)) }
          : await hosted(`of-karen-${number}`, await large(20 + number))),
      })),
    );
    const database = await databaseWith(
      images,
      images.map((_, index): [string, number] => ['Penguin', index + 1]),
    );
    const query = { ...queryFor(['penguin'], 4), photosPerAuthor: 2 };
    const { names, reasons } = await collect(sourceOf(database).find(query));
    expect(names).toEqual([imageIdOf(2), imageIdOf(3)]);
    expect(reasons).toEqual([`NOT_FOUND ${imageIdOf(1)}`, `AUTHOR_LIMIT ${imageIdOf(4)}`]);
    expect(hosts.asked('/of-karen-4')).toBe(0);
  });

  it('of a database that breaks off are those of a source out of reach, not the end of the search', async () => {
    const database = await databaseWith([{ imageId: imageIdOf(1), title: 'a penguin' }]);
    const { pool } = await database.connect();
    const cut = async () => ({
      db: undefined as never,
      pool: { query: () => pool.query('SELECT pg_terminate_backend(pg_backend_pid())') } as never,
    });
    const breaking = Object.assign(Object.create(database), { connect: cut }) as Database;
    await expect(collect(sourceOf(breaking).find(queryFor(['penguin'], 1)))).rejects.toMatchObject({
      reason: 'DATABASE_LOST',
    });
  });

  it('of a database that breaks off between two queries are those of a source out of reach, too', async () => {
    const database = await databaseWith([{ imageId: imageIdOf(1), title: 'a penguin' }]);
    const { pool, ...connected } = await database.connect();
    const asked: string[] = [];
    const query = (sql: string, values: unknown[]) => {
      asked.push(sql);
      return sql.startsWith('SELECT image_id AS id, kind')
        ? pool.query('SELECT pg_terminate_backend(pg_backend_pid())')
        : pool.query(sql, values);
    };
    const cut = async () => ({ ...connected, pool: { query, connect: () => pool.connect() } as never });
    const breaking = Object.assign(Object.create(database), { connect: cut }) as Database;
    await expect(collect(sourceOf(breaking).find(queryFor(['penguin'], 1)))).rejects.toMatchObject({
      reason: 'DATABASE_LOST',
    });
    // It was the second of the two that broke.
    expect(asked.at(-1)).toContain('SELECT image_id AS id, kind');
    expect(asked.length).toBeGreaterThan(2);
  });

  it('need an import and vectors of the perceptor that answers; the error says which command to run', async () => {
    const empty = databases.open(await databases.settingsFor());
    await expect(collect(sourceOf(empty).find(queryFor(['penguin'])))).rejects.toMatchObject({
      reason: 'NOTHING_IMPORTED',
      message: expect.stringContaining('npm run open-images -- import'),
    });
    await expect(embedTexts(empty, async () => embedder)).rejects.toMatchObject({
      reason: 'NOTHING_IMPORTED',
    });
    const database = await databaseWith([{ imageId: imageIdOf(1), title: 'penguins' }]);
    const other: TextEmbedder = {
      describe: async () => {
        const described = await embedder.describe();
        return { ...described, model: { ...described.model!, digest: 'another' } };
      },
      encodeTexts: (texts, model, signal) => embedder.encodeTexts(texts, model, signal),
    };
    await expect(collect(sourceOf(database, other).find(queryFor(['penguin'])))).rejects.toMatchObject({
      reason: 'NOTHING_EMBEDDED',
      message: expect.stringContaining('npm run open-images -- embed'),
    });
    const { reasons } = await collect(sourceOf(database).find(queryFor([])));
    expect(reasons).toEqual(['NO_KEYPHRASE open-images']);
  });
});

describe.skipIf(!binaries)(`the texts of OpenImages (${skipNote})`, { timeout: 240_000 }, () => {
  it('are embedded once each, and on from where it was cut off', async () => {
    const database = databases.open(await databases.settingsFor());
    const titles = Array.from({ length: 100 }, (_, index) => `penguin number${index % 50} twice`);
    const list = titles.map((title, index) => ({ imageId: imageIdOf(index + 1), title }));
    await writeFile(join(folder, 'titles.csv'), listOfImages(list));
    await importFile(database, join(folder, 'titles.csv'));
    const captions = [1, 2].map((number) =>
      JSON.stringify({ image_id: imageIdOf(number), caption: titles[number - 1] }),
    );
    await writeFile(join(folder, 'captions.jsonl'), captions.join('\n'));
    await importFile(database, join(folder, 'captions.jsonl'));

    const encoded: string[] = [];
    const counting: TextEmbedder = {
      describe: (signal) => embedder.describe(signal),
      encodeTexts: (texts, model, signal) => {
        encoded.push(...texts);
        return embedder.encodeTexts(texts, model, signal);
      },
    };
    const stop = new AbortController();
    const onProgress = ({ done }: EmbedProgress): void => {
      if (done >= 22) stop.abort(new Error('cut off'));
    };
    await expect(
      embedTexts(database, async () => counting, { batchSize: 20, onProgress }, stop.signal),
    ).rejects.toThrow('cut off');
    expect(encoded).toHaveLength(22);
    const reports: EmbedProgress[] = [];
    const { count, indexed } = await embedTexts(database, async () => counting, {
      batchSize: 20,
      onProgress: (progress) => reports.push(progress),
      indexAbove: 49,
    });
    expect({ count, indexed }).toEqual({ count: 28, indexed: true });
    expect(reports[0]).toEqual({ step: 'embedding', kind: 'title', done: 20, total: 28 });
    expect(encoded.toSorted()).toEqual([...new Set(titles)].toSorted());
    expect((await describeOpenImages(database)).slice(-2)).toEqual([
      expect.stringMatching(/^2 captions: 2 embedded by /),
      expect.stringMatching(/^50 titles: 50 embedded by /),
    ]);
    expect((await embedTexts(database, async () => counting)).count).toBe(0);
    // A statement that waits ends too.
    const writer = await (await database.connect()).pool.connect();
    await writer.query('BEGIN; LOCK TABLE text');
    const ctrlC = new AbortController();
    const waiting = embedTexts(database, async () => counting, {}, ctrlC.signal);
    const failure = expect(waiting).rejects.toThrow('Ctrl-C');
    setTimeout(() => ctrlC.abort(new Error('Ctrl-C')), 200);
    await failure;
    await writer.query('ROLLBACK');
    writer.release();
    // Through the index, which now is there.
    const { reasons } = await collect(sourceOf(database).find(queryFor(['penguin number7 twice'], 1)));
    expect(reasons[0]).toContain(imageIdOf(8));
  });
});

describe.skipIf(!binaries || !hasExcerpt)(
  `the excerpt of OpenImages (${skipNote})`,
  { timeout: 240_000 },
  () => {
    it('is imported, embedded, searched and fetched', async () => {
      const csv = await readFile(join(excerpt, 'corpus-in-openimages-columns.csv'), 'utf8');
      const file = join(folder, 'corpus.csv');
      // The stand-in's addresses are paths: here a host has them.
      await writeFile(
        file,
        csv.replaceAll(/,corpus\/([^",\n]+)/g, (_, path: string) => `,${hosts.address(`/${path}`)}`),
      );
      for (const [, path] of csv.matchAll(/,corpus\/([^",\n]+)/g)) {
        hosts.on(`/${path}`, (_request, response) => {
          void readFile(join(corpus, path!)).then((bytes) => response.end(bytes));
        });
      }
      const database = databases.open(await databases.settingsFor());
      const { rowCount } = await importFile(database, file);
      expect(rowCount).toBeGreaterThan(300);
      await embedTexts(database, async () => embedder);
      const find = () => collect(sourceOf(database).find(queryFor(['penguin', 'giraffe'], 8)));
      const { photos, names } = await find();
      expect(photos).toHaveLength(8);
      const titles = photos.map(({ photo }) => photo.credit!.title.toLowerCase());
      expect(titles.filter((title) => /penguin/.test(title)).length).toBeGreaterThanOrEqual(3);
      expect(titles.filter((title) => /giraffe/.test(title)).length).toBeGreaterThanOrEqual(2);
      for (const { photo } of photos) {
        expect(Math.min(photo.width, photo.height)).toBeGreaterThanOrEqual(512);
        expect(photo.credit!.sourceUrl).toMatch(/^https:/);
        expect(photo.credit!.license!.id).toMatch(/^(CC|PD)/);
      }
      expect((await find()).names).toEqual(names);
    });
  },
);
