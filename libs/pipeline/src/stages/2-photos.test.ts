import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobStoreError } from '@collage/blobs/blob-store-error.js';
import type { Blobs } from '@collage/blobs/blobs.js';
import { sha256Hex } from '@collage/blobs/blob-store.js';
import { InferenceConnection } from '@collage/inference/connection.js';
import { startFakeInferenceServer } from '@collage/inference/testing/fake-inference-server.js';
import type { FoundPhoto, PhotoFinding, PhotoSource } from '@collage/photos/photo-source.js';
import { picture } from '@collage/photos/testing/pictures.js';
import { Keyphrase, type CollageEvent_Skipped } from '@collage/proto/collage/v1/collage.js';
import { Photo } from '@collage/proto/collage/v1/photo.js';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveOptions } from '../resolve-options.js';
import { failingBlobs } from '../testing/failing-blobs.js';
import { fakeTools } from '../testing/fake-tools.js';
import { findPhotos } from './2-photos.js';

function found(sourceId: string, bytes: Buffer, author = sourceId, words = ''): FoundPhoto {
  const license = { id: 'CC0-1.0', name: 'CC0 1.0', url: '' };
  const digest = sha256Hex(bytes);
  const photo = Photo.fromPartial({ sourceId, digest, description: words, credit: { license, author } });
  return { kind: 'photo', photo, bytes: async () => bytes };
}

function source(name: string, findings: PhotoFinding[], error?: Error): PhotoSource {
  return {
    name,
    async *find() {
      yield* findings;
      if (error) throw error;
    },
  };
}

interface Wish {
  phrases: string[];
  prompt?: string;
  photoCount?: number;
}
const RED = [220, 40, 40];
const BLUE = [50, 90, 210];

describe('findPhotos', () => {
  const folder = mkdtempSync(join(tmpdir(), 'find-photos-'));
  let server: Awaited<ReturnType<typeof startFakeInferenceServer>>;
  let connection: InferenceConnection;
  beforeAll(async () => {
    server = await startFakeInferenceServer();
    connection = new InferenceConnection(server.address);
  });
  afterAll(async () => {
    connection.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const storeAway = new BlobStoreError('BLOB_STORE_UNREACHABLE', 'the store is away');
  const fails = (error: Error) => async () => {
    throw error;
  };

  // A photo of its own each: of one that was seen before the vector is kept.
  it.each<[string, number, keyof Blobs, Error]>([
    ['the blob store is away as a photo is kept', 71, 'put', storeAway],
    ['the blob store is away as the perceptor is to see a photo', 72, 'get', storeAway],
    // As whoever spares blobs from housekeeping throws it.
    [
      'the database is away',
      73,
      'put',
      Object.assign(new Error('terminating connection'), { code: '57P01' }),
    ],
  ])('ends, with no photo skipped, where %s', async (_, seed, call, error) => {
    const tools = fakeTools(connection, [source('a', [found('a1', await picture(seed))])], folder);
    const blobs = failingBlobs(tools.blobs, call, error);
    const keyphrases = [Keyphrase.fromPartial({ text: 'stripes', weight: 1 })];
    const events: string[] = [];
    const run = async () => {
      const finding = findPhotos({ prompt: 'stripes', keyphrases }, resolveOptions({ seed: 1 }), {
        ...tools,
        blobs,
      });
      for await (const { $case } of finding) events.push($case);
    };
    await expect(run()).rejects.toBe(error);
    expect(events).not.toContain('skipped');
  });

  it('ends where a photo cannot be read for an outage, and skips it where it was the photo', async () => {
    const good = found('good', await picture(8));
    const failing = (error: Error) => ({ ...found('bad', Buffer.from('bad')), bytes: fails(error) });
    await expect(find(source('a', [good, failing(storeAway)]))).rejects.toBe(storeAway);
    const gone = Object.assign(new Error('it is gone'), { reason: 'GONE' });
    const { names, skips } = await find(source('a', [good, failing(gone)]));
    expect(names).toEqual(['good']);
    expect(skips).toEqual([{ reason: 'GONE', name: 'bad', detail: 'it is gone' }]);
  });

  const find = (...sources: PhotoSource[]) => findOf({ phrases: ['stripes'] }, ...sources);
  async function findOf(
    { phrases, prompt = phrases.join(' '), photoCount }: Wish,
    ...sources: PhotoSource[]
  ) {
    const keyphrases = phrases.map((text) => Keyphrase.fromPartial({ text, weight: 1 / phrases.length }));
    const skips: CollageEvent_Skipped[] = [];
    const progress: string[] = [];
    const tools = fakeTools(connection, sources, folder);
    const options = resolveOptions({ seed: 1, photoCount });
    const finding = findPhotos({ prompt, keyphrases }, options, tools);
    let step = await finding.next();
    while (!step.done) {
      if (step.value.$case === 'skipped') skips.push(step.value.value);
      if (step.value.$case === 'stageProgressed') {
        const { doneCount, totalCount, unit } = step.value.value;
        progress.push(`${doneCount}/${totalCount} ${unit}`);
      }
      step = await finding.next();
    }
    const { photos } = step.value;
    return { names: photos.map(({ sourceId }) => sourceId), photos, skips, progress };
  }

  it('takes one place of a picture that two sources have, at other sizes: the better ranked one', async () => {
    const original = await picture(1, { width: 800, height: 600 });
    const copy = await sharp(original).resize(500).jpeg({ quality: 70 }).toBuffer();
    const described = found('described', copy, 'Ann', 'stripes');
    const plain = found('plain', original, 'Ann');
    const other = found('other', await picture(2), 'Bob', 'a cat');
    for (const sources of [
      [source('a', [plain, other]), source('b', [described])],
      [source('a', [described]), source('b', [plain, other])],
    ]) {
      const { names, photos, skips } = await find(...sources);
      expect(names).toHaveLength(2);
      expect(names).toContain('other');
      expect(skips).toEqual([expect.objectContaining({ reason: 'NEAR_DUPLICATE' })]);
      const scores = photos.map(({ ranking }) => ranking!.score);
      expect(scores).toEqual(scores.toSorted((a, b) => b - a));
      // What was left out ranks below what it looks like, whichever source came first.
      expect(skips[0]!.name).toBe(names.includes('plain') ? 'described' : 'plain');
      expect(skips[0]!.detail).toContain(names.find((name) => name !== 'other'));
    }
  });

  /** A photo of shades of one color, which the fake perceptor has a word for; no two look alike. */
  async function colored(
    sourceId: string,
    seed: number,
    color: readonly number[],
    words = '',
  ): Promise<FoundPhoto> {
    const shades = sharp(await picture(seed)).linear(
      [0.2, 0.2, 0.2],
      color.map((value) => 0.8 * value),
    );
    return found(sourceId, await shades.jpeg().toBuffer(), sourceId, words);
  }
  const reds = (name: string, count: number, firstSeed: number) =>
    Promise.all(
      Array.from({ length: count }, (_, index) => colored(`${name}${index}`, firstSeed + index, RED, 'red')),
    );

  it('keeps what the perceptor ranks best, however far down its source has it, and counts what is over', async () => {
    const blue = await colored('blue', 50, BLUE);
    const sources = [source('a', await reds('a', 3, 1)), source('b', [...(await reds('b', 3, 11)), blue])];
    const { names, skips, progress } = await findOf({ phrases: ['blue'], photoCount: 3 }, ...sources);
    expect(names).toHaveLength(3);
    expect(names[0]).toBe('blue');
    expect(skips.map(({ reason }) => reason)).toEqual(Array(4).fill('OVER_LIMIT'));
    expect([...names, ...skips.map(({ name }) => name)].toSorted()).toEqual(
      ['a0', 'a1', 'a2', 'b0', 'b1', 'b2', 'blue'].toSorted(),
    );
    expect(progress).toContain('7/7 photos read');
    expect(progress).toContain('7/7 photos seen');
  });

  it('keeps the best of each keyphrase, though all of another rank higher', async () => {
    const blue = await Promise.all([51, 52, 53].map((seed) => colored(`blue${seed}`, seed, BLUE, 'sky')));
    const sources = [source('a', await reds('red', 3, 1)), source('b', blue)];
    // The prompt is about red, and so are the words of the red ones: the blue ones rank last.
    const all = await findOf({ phrases: ['red', 'blue'], prompt: 'red' }, ...sources);
    const isBlue = all.names.map((name) => name.startsWith('blue'));
    expect(isBlue).toEqual([false, false, false, true, true, true]);
    const { names, skips } = await findOf(
      { phrases: ['red', 'blue'], prompt: 'red', photoCount: 3 },
      ...sources,
    );
    expect(names).toEqual([all.names[0], all.names[1], all.names[3]]);
    expect(skips.map(({ name }) => name)).toEqual([all.names[2], all.names[4], all.names[5]]);
  });

  it('looks at as many of a folder as before where there are no more than wanted', async () => {
    const own = { ...source('own', await reds('a', 4, 1)), isHandPicked: true };
    const { names, skips, progress } = await findOf({ phrases: ['red'], photoCount: 4 }, own);
    expect(names).toHaveLength(4);
    expect(skips).toEqual([]);
    expect(progress.filter((line) => line.endsWith('seen'))).toHaveLength(4);
  });

  it('limits what is looked at of one author', async () => {
    const pictures = await Promise.all(Array.from({ length: 12 }, (_, index) => picture(index + 1)));
    const { names, skips } = await find(
      source(
        'a',
        pictures.map((bytes, index) => found(`a${index}`, bytes, 'Busy Bob')),
      ),
      source('b', [found('b', await picture(99), 'Ann')]),
    );
    expect(names).toHaveLength(11);
    expect(names).toContain('b');
    expect(skips.map(({ reason, name }) => `${reason} ${name}`)).toEqual([
      'AUTHOR_LIMIT a10',
      'AUTHOR_LIMIT a11',
    ]);
  });

  it('goes on with the photos of the others where a source fails, and ends where all do', async () => {
    const failure = Object.assign(new Error('nobody answers'), { reason: 'SOURCE_UNREACHABLE' });
    const broken = source('broken', [], failure);
    const { names, skips } = await find(broken, source('b', [found('b', await picture(5))]));
    expect(names).toEqual(['b']);
    expect(skips).toEqual([{ reason: 'SOURCE_UNREACHABLE', name: 'broken', detail: 'nobody answers' }]);
    await expect(find(broken)).rejects.toMatchObject({ reason: 'ALL_SOURCES_FAILED' });
  });
});
