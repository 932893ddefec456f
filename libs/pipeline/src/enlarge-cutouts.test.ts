import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256Hex } from '@collage/blobs/blob-store.js';
import { InferenceConnection } from '@collage/inference/connection.js';
import { startFakeInferenceServer } from '@collage/inference/testing/fake-inference-server.js';
import { skipped, type LargerWish, type PhotoSource } from '@collage/photos/photo-source.js';
import { Collage, type CollageEvent } from '@collage/proto/collage/v1/collage.js';
import { Cutout, Photo } from '@collage/proto/collage/v1/photo.js';
import { Scene } from '@collage/proto/collage/v1/scene.js';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enlargeCutouts } from './enlarge-cutouts.js';
import { makeCollage } from './make-collage.js';
import { detailEnergy } from '@collage/render/testing/detail-energy.js';
import { detailedPicture } from '@collage/photos/testing/detailed-picture.js';
import { fakeTools } from './testing/fake-tools.js';

const license = { id: 'CC0-1.0', name: 'CC0 1.0', url: '' };
const original = { width: 1200, height: 800 };

describe('a collage drawn larger than its photos were cut', () => {
  const folder = mkdtempSync(join(tmpdir(), 'enlarge-'));
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

  /** Finds photos 240 px wide, and has them larger. */
  function scaledSource(larger: (bytes: Buffer) => Promise<Buffer> = async (bytes) => bytes) {
    const wishes: LargerWish[] = [];
    const seeds = [1, 2, 3];
    const source: PhotoSource = {
      name: 'scaled',
      async *find() {
        for (const seed of seeds) {
          const bytes = await sharp(await detailedPicture(seed, original))
            .resize(240)
            .jpeg({ quality: 92 })
            .toBuffer();
          const credit = { title: `Dots ${seed}`, author: `Painter ${seed}`, license };
          const size = { width: 240, height: 160 };
          const about = { digest: sha256Hex(bytes), source: 'scaled', sourceId: `${seed}`, ...size, credit };
          yield { kind: 'photo', photo: Photo.fromPartial(about), bytes: async () => bytes };
        }
      },
      async *larger(wanted) {
        wishes.push(...wanted);
        for (const { photo } of wanted) {
          const bytes = await larger(await detailedPicture(Number(photo.sourceId), original));
          const { width } = await sharp(bytes).metadata();
          yield { kind: 'larger', photo, digest: sha256Hex(bytes), width, bytes: async () => bytes };
        }
      },
    };
    return { source, wishes };
  }
  async function run(source: PhotoSource, heightPixels = 512, data = 'data') {
    const tools = fakeTools(connection, [source], join(folder, data));
    const counts = { layoutCount: 3, iterationCount: 2, backgroundIterationCount: 2, variationCount: -1 };
    const options = { seed: 3, heightPixels, cutoutCount: 3, ...counts };
    const events: CollageEvent[] = [];
    const making = makeCollage({ id: 'test', prompt: 'red and blue dots', options }, tools);
    let step = await making.next();
    while (!step.done) {
      events.push(step.value);
      step = await making.next();
    }
    const rendered = events.flatMap(({ event }) => (event?.$case === 'rendered' ? [event.value] : []));
    return { collage: step.value, picture: await tools.blobs.get(rendered.at(-1)!.pictureDigest) };
  }
  const places = ({ scene }: Collage) => scene!.layers.map(({ placement }) => placement);
  const named = ({ scene }: Collage) => scene!.layers.map(({ cutoutDigest }) => cutoutDigest);

  it('has its photos larger, is sharper for it, and nothing moves', async () => {
    const { source, wishes } = scaledSource();
    const plain = await run({ ...source, larger: undefined });
    const sharper = await run(source);
    expect(places(sharper.collage)).toEqual(places(plain.collage));
    expect(wishes.length).toBeGreaterThan(0);
    for (const { width } of wishes) expect(width).toBeGreaterThan(240);
    const [before, after] = [await detailEnergy(plain.picture), await detailEnergy(sharper.picture)];
    // Measured: 2.9 times.
    expect(after).toBeGreaterThan(1.8 * before);
    // From far away they are the same picture.
    const seen = (picture: Buffer) => sharp(picture).removeAlpha().resize(48, 32).raw().toBuffer();
    const [a, b] = [await seen(plain.picture), await seen(sharper.picture)];
    expect(a.reduce((sum, value, index) => sum + Math.abs(value - b[index]!), 0) / a.length).toBeLessThan(3);
  });

  it('says in its recipe which cut-outs are larger versions of which, and from what', async () => {
    const { collage } = await run(scaledSource().source);
    const cutouts = new Map(collage.cutouts.map((cutout) => [cutout.digest, cutout]));
    const enlarged = collage.cutouts.filter(({ smallerDigest }) => smallerDigest !== '');
    expect(enlarged.length).toBeGreaterThan(0);
    for (const large of enlarged) {
      expect(named(collage)).toContain(large.digest);
      expect(named(collage)).not.toContain(large.smallerDigest);
      const small = cutouts.get(large.smallerDigest)!;
      expect(large.largerPhotoDigest).not.toBe(large.photoDigest);
      expect(large.photoDigest).toBe(small.photoDigest);
      expect(large.width).toBeGreaterThan(1.1 * small.width);
      expect(large.width / large.height).toBeCloseTo(small.width / small.height, 1);
    }
    expect(collage.credits.map(({ author }) => author).toSorted()).toEqual(
      collage.photos.map(({ credit }) => credit!.author).toSorted(),
    );
  });

  it('is the same a second time, from what is stored', async () => {
    const [first, again, elsewhere] = [
      await run(scaledSource().source, 512, 'one'),
      await run(scaledSource().source, 512, 'one'),
      await run(scaledSource().source, 512, 'two'),
    ];
    for (const other of [again, elsewhere]) {
      expect(Collage.toJSON(other.collage)).toEqual(Collage.toJSON(first.collage));
      expect(other.picture.equals(first.picture)).toBe(true);
    }
  });

  it('asks for nothing where the cut-outs are large enough', async () => {
    const { source, wishes } = scaledSource();
    const { collage } = await run(source, 64);
    expect(wishes).toEqual([]);
    expect(collage.cutouts.every(({ smallerDigest }) => smallerDigest === '')).toBe(true);
  });

  it.each([
    ['of another subject', async () => detailedPicture(77, original)],
    [
      'of a part of it',
      async (bytes: Buffer) =>
        sharp(bytes).extract({ left: 0, top: 0, width: 750, height: 800 }).jpeg().toBuffer(),
    ],
  ])('keeps the small photo where the larger one is %s, and says so', async (_, other) => {
    const { collage, picture } = await run(scaledSource(other).source);
    const plain = await run({ ...scaledSource().source, larger: undefined });
    expect(collage.skipped.map(({ reason }) => reason)).toEqual(['LARGER_DIFFERS']);
    expect(named(collage)).toEqual(named(plain.collage));
    expect(picture.equals(plain.picture)).toBe(true);
  });

  it('keeps the small photo where the larger one can’t be had', async () => {
    const { source } = scaledSource();
    const { collage } = await run({
      ...source,
      async *larger([wish]) {
        yield skipped('LARGER_UNAVAILABLE', wish!.photo.sourceId, 'OFFLINE: nobody is asked');
      },
    });
    expect(collage.skipped.map(({ reason }) => reason)).toEqual(['LARGER_UNAVAILABLE']);
    expect(collage.credits.length).toBeGreaterThan(0);
  });

  it('takes a photo’s own pixels where it was scaled down to be cut', async () => {
    const tools = fakeTools(connection, [], join(folder, 'own'));
    const large = await detailedPicture(1, { width: 2700, height: 1800 });
    const photo = Photo.fromPartial({ digest: await tools.blobs.put(large), width: 2700, height: 1800 });
    const box = { left: 300, top: 200, width: 400, height: 400 };
    const small = await sharp(large).resize(2048).extract(box).ensureAlpha().png().toBuffer();
    const cutout = Cutout.fromPartial({
      digest: await tools.blobs.put(small),
      photoDigest: photo.digest,
      width: 400,
      height: 400,
      box,
    });
    const layer = {
      cutoutDigest: cutout.digest,
      opacity: 1,
      placement: { centerX: 0.5, centerY: 0.5, height: 1 },
    };
    const scene = Scene.fromPartial({ aspectRatio: 1, layers: [layer] });
    const enlarging = enlargeCutouts({ photos: [photo], cutouts: [cutout] }, scene, 600, tools);
    let step = await enlarging.next();
    while (!step.done) step = await enlarging.next();
    const [enlarged] = step.value.cutouts;
    expect(enlarged).toMatchObject({ largerPhotoDigest: photo.digest, smallerDigest: cutout.digest });
    expect(enlarged!.box).toEqual({ left: 396, top: 264, width: 527, height: 527 });
    expect(step.value.scene.layers).toEqual([{ ...scene.layers[0], cutoutDigest: enlarged!.digest }]);
  });
});
