import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import exifr from 'exifr';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InferenceConnection } from '@collage/inference/connection.js';
import { PhotoEmbedder } from '@collage/inference/inference.js';
import { PhotoSegmenter } from '@collage/inference/inference.js';
import { startFakeInferenceServer } from '@collage/inference/testing/fake-inference-server.js';
import type { PhotoSource } from '@collage/photos/photo-source.js';
import {
  BackgroundMode,
  Collage,
  Collage_State as State,
  CollageEvent,
  PictureFormat,
  type CollageOptions,
} from '@collage/proto/collage/v1/collage.js';
import { EmptyPromptError, NoPhotosFoundError } from './collage-error.js';
import type { CollageTools } from './collage-tools.js';
import { makeCollage } from './make-collage.js';
import { OptionInvalidError } from './resolve-options.js';
import { fakeTools } from './testing/fake-tools.js';
import { paintedSource } from '@collage/photos/testing/painted-source.js';

const small: Partial<CollageOptions> = {
  seed: 3,
  heightPixels: 64,
  layoutCount: 4,
  iterationCount: 3,
  backgroundIterationCount: 2,
  cutoutCount: 3,
};

describe('makeCollage', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pipeline-'));
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

  function tools(sources: PhotoSource[], data = 'data'): CollageTools {
    return fakeTools(connection, sources, join(folder, data));
  }
  async function run(
    options: Partial<CollageOptions>,
    given: CollageTools,
    prompt = 'a red stripe and a blue stripe',
  ) {
    const events: CollageEvent[] = [];
    const making = makeCollage({ id: 'test', prompt, options: { ...small, ...options } }, given);
    let step = await making.next();
    while (!step.done) {
      events.push(step.value);
      step = await making.next();
    }
    return { collage: step.value, events };
  }
  const free = ['CC0', 'CC BY 4.0', 'CC BY 2.0', 'Public domain'];

  it('goes through every stage in order and succeeds', async () => {
    const { collage, events } = await run({}, tools([paintedSource(free)]));
    const states = events.flatMap(({ event }) =>
      event?.$case === 'stageStarted' ? [event.value.state] : [],
    );
    expect(states).toEqual([
      State.FINDING_KEYPHRASES,
      State.FINDING_PHOTOS,
      State.CUTTING_OUT,
      State.COLORING_BACKGROUND,
      State.ARRANGING,
      State.OPTIMIZING,
      State.RENDERING,
      State.RENDERING,
    ]);
    expect(collage.state).toBe(State.SUCCEEDED);
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
    // It has no queue.
    expect(events[0]!.event!.$case).toBe('stageStarted');
    expect(collage.skipped).toContainEqual({ reason: 'NO_LICENSE', count: 1, examples: ['orphan.jpg'] });
    expect(collage.score).toBeGreaterThanOrEqual(collage.startScore);
  });

  it.each([PictureFormat.PNG, PictureFormat.JPEG])(
    'writes the credits into the picture and nothing else (format %s)',
    async (pictureFormat) => {
      const given = tools([paintedSource(free)]);
      const { collage, events } = await run({ pictureFormat }, given);
      const drawn = events.flatMap(({ event }) => (event?.$case === 'rendered' ? [event.value] : []));
      expect(drawn).toHaveLength(2);
      const [plain, credited] = await Promise.all(drawn.map((one) => given.blobs.get(one.pictureDigest)));
      const pixels = (bytes: Buffer) => sharp(bytes).raw().toBuffer();
      expect((await pixels(credited!)).equals(await pixels(plain!))).toBe(true);
      const read = await exifr.parse(credited!, { xmp: true, tiff: false });
      expect(read.title.value).toBe('a red stripe and a blue stripe');
      expect(read.rights.value).toContain(collage.license!.license!.url);
      expect(read.WebStatement).toBe(collage.license!.license!.url);
      const list = [read.ArtworkOrObject].flat() as { AOCreator: string }[];
      expect(list.map(({ AOCreator }) => AOCreator)).toEqual(collage.credits.map(({ author }) => author));
      const { events: again } = await run({ pictureFormat }, tools([paintedSource(free)], 'again'));
      const digests = again.flatMap(({ event }) =>
        event?.$case === 'rendered' ? [event.value.pictureDigest] : [],
      );
      expect(digests).toEqual(drawn.map(({ pictureDigest }) => pictureDigest));
    },
  );

  it('says in the credits which other rights a source warns of', async () => {
    const painted = paintedSource(free);
    const warning: PhotoSource = {
      ...painted,
      async *find(...query) {
        for await (const finding of painted.find(...query)) {
          const restrictions = ['personality'];
          yield finding.kind === 'photo'
            ? { ...finding, photo: { ...finding.photo, restrictions } }
            : finding;
        }
      },
    };
    const { collage } = await run({}, tools([warning], 'warned'));
    expect(collage.credits.length).toBeGreaterThan(0);
    for (const { restrictions } of collage.credits) expect(restrictions).toEqual(['personality']);
  });

  it('judges what was climbed, tells it, and writes it into the recipe', async () => {
    const { collage, events } = await run({}, tools([paintedSource(free)]));
    const told = events.flatMap(({ event }) => (event?.$case === 'evaluated' ? [event.value] : []));
    expect(told).toEqual([collage.evaluation]);
    const layerCount = collage.scene!.layers.length;
    expect(collage.evaluation!.contributions).toHaveLength(layerCount);
    expect(collage.evaluation!.heldOutPerceptor!.digest).not.toBe(collage.models!.perceptor!.digest);
    const json = Collage.toJSON(collage) as { evaluation: { heldOutLift: number } };
    expect(json.evaluation.heldOutLift).toBe(collage.evaluation!.heldOutLift);
  });

  it('judges an unclimbed layout as well, and nothing where it ends before', async () => {
    const { collage } = await run({ iterationCount: -1 }, tools([paintedSource(free)]));
    expect(collage.evaluation).toBeDefined();
    expect(collage.score).toBe(collage.startScore);
    const making = makeCollage(
      { id: 'test', prompt: 'a stripe', options: small, stopAfter: 'layouts' },
      tools([paintedSource(free)]),
    );
    let step = await making.next();
    while (!step.done) step = await making.next();
    expect(step.value.evaluation).toBeUndefined();
  });

  it('ends a climb that rises no more, and says how many steps it took', async () => {
    const options = { iterationCount: 2000, patienceStepCount: 3 };
    const { collage } = await run(options, tools([paintedSource(free)]));
    expect(collage.optimizationStepCount).toBeLessThan(2000);
    expect(collage.options!.iterationCount).toBe(2000);
  });

  it('makes the same collage again, with and without its caches', async () => {
    const json = async (data: string) =>
      Collage.toJSON((await run({}, tools([paintedSource(free)], data))).collage);
    const first = await json('one');
    expect(await json('one')).toEqual(first);
    expect(await json('two')).toEqual(first);
  });

  it('asks the models nothing twice', async () => {
    const source = tools([paintedSource(free)], 'cached');
    await run({}, source);
    const inference = await source.inference();
    const silent: CollageTools = {
      ...source,
      inference: async () => ({
        ...inference,
        embedder: Object.assign(Object.create(inference.embedder) as PhotoEmbedder, {
          encodePhotos: () => {
            throw new Error('photos were encoded again');
          },
          encodeTexts: () => {
            throw new Error('texts were encoded again');
          },
        }),
        segmenter: Object.assign(Object.create(inference.segmenter) as PhotoSegmenter, {
          segmentPhotos: () => {
            throw new Error('photos were cut again');
          },
        }),
      }),
    };
    await expect(run({}, silent)).resolves.toBeDefined();
  });

  it('leaves out parts whose licenses do not go together, and counts them', async () => {
    const mixed = ['CC BY-SA 4.0', 'CC BY-NC 4.0', 'CC BY-SA 3.0', 'CC0'];
    const { collage } = await run(
      { noncommercialAllowed: true, cutoutCount: 4 },
      tools([paintedSource(mixed)]),
    );
    expect(collage.skipped.map(({ reason }) => reason)).toContain('LICENSE_INCOMPATIBLE');
    const ids = collage.credits.map(({ license }) => license!.id);
    expect(ids.some((id) => id.includes('NC')) && ids.some((id) => id.includes('SA'))).toBe(false);
  });

  it('lays a fixed background as given', async () => {
    const background = {
      angleDegrees: 30,
      stops: [{ offset: 0, color: { red: 0.1, green: 0.2, blue: 0.3 } }],
    };
    const { collage } = await run(
      { backgroundMode: BackgroundMode.FIXED, background },
      tools([paintedSource(free)]),
    );
    expect(collage.scene?.background).toEqual(background);
  });

  it('lays the best photo behind everything where that is asked', async () => {
    const { collage } = await run({ backgroundMode: BackgroundMode.PHOTO }, tools([paintedSource(free)]));
    const ground = collage.cutouts.find(({ areaFraction }) => areaFraction === 1)!;
    const layer = collage.layouts[0]!.scene!.layers[0]!;
    expect(layer.cutoutDigest).toBe(ground.digest);
    expect(layer.placement!.height).toBeGreaterThanOrEqual(1);
    expect(collage.credits[0]!.photoDigest).toBe(ground.photoDigest);
  });

  it('takes that photo from those whose licenses go together', async () => {
    const mixed = ['CC BY-SA 4.0', 'CC BY-NC 4.0', 'CC BY-SA 3.0', 'CC BY-NC 2.0', 'CC0'];
    const options = { noncommercialAllowed: true, cutoutCount: 4, backgroundMode: BackgroundMode.PHOTO };
    const { collage } = await run(options, tools([paintedSource(mixed)]));
    expect(collage.state).toBe(State.SUCCEEDED);
  });

  it('leaves out a photo that went away since it was found, and goes on', async () => {
    const whole = paintedSource(free);
    const leaky: PhotoSource = {
      name: 'leaky',
      async *find(query, signal) {
        for await (const finding of whole.find(query, signal)) {
          const isFirst = finding.kind === 'photo' && finding.photo.sourceId === '0.png';
          yield isFirst ? { ...finding, bytes: () => Promise.reject(new Error('no such file')) } : finding;
        }
      },
    };
    const { collage } = await run({}, tools([leaky]));
    expect(collage.skipped).toContainEqual({ reason: 'PICTURE_UNREADABLE', count: 1, examples: ['0.png'] });
  });

  it('ends after the stage asked for', async () => {
    const making = makeCollage(
      { id: 'test', prompt: 'a stripe', options: small, stopAfter: 'keyphrases' },
      { ...tools([]), inference: () => Promise.reject(new Error('the sidecar was asked')) },
    );
    let step = await making.next();
    while (!step.done) step = await making.next();
    expect(step.value.keyphrases.map(({ text }) => text)).toEqual(['stripe']);
  });

  it.each([
    ['an empty prompt', ' ', {}, EmptyPromptError],
    ['no photos', 'a stripe', {}, NoPhotosFoundError],
    ['a wrong option', 'a stripe', { layoutCount: -2 }, OptionInvalidError],
  ])('refuses %s', async (_, prompt, options, error) => {
    await expect(run(options, tools([paintedSource([])]), prompt)).rejects.toThrow(error);
  });

  it('stops when the signal says so', async () => {
    const stop = new AbortController();
    const making = makeCollage(
      { id: 'test', prompt: 'a stripe', options: small },
      tools([paintedSource(free)]),
      stop.signal,
    );
    const rest = async () => {
      for await (const { event } of making) if (event?.$case === 'photosFound') stop.abort();
    };
    await expect(rest()).rejects.toThrow();
  });
});
