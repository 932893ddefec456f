import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FolderBlobStore, sha256Hex } from '@collage/blobs/blob-store.js';
import { DerivedStore } from '@collage/blobs/derived-store.js';
import { Composer } from '@collage/inference/composer.js';
import { InferenceConnection } from '@collage/inference/connection.js';
import { Embedder } from '@collage/inference/embedder.js';
import { Segmenter } from '@collage/inference/segmenter.js';
import { startFakeInferenceServer } from '@collage/inference/testing/fake-inference-server.js';
import { parseLicense } from '@collage/licensing/license.js';
import type { PhotoSource } from '@collage/photos/photo-source.js';
import {
  BackgroundMode,
  Collage,
  Collage_State as State,
  CollageEvent,
  type CollageOptions,
} from '@collage/proto/collage/v1/collage.js';
import { Photo } from '@collage/proto/collage/v1/photo.js';
import { EmptyPromptError, NoPhotosFoundError } from './collage-error.js';
import type { CollageTools } from './collage-tools.js';
import { makeCollage } from './make-collage.js';
import { OptionInvalidError } from './resolve-options.js';

const small: Partial<CollageOptions> = {
  seed: 3,
  heightPixels: 64,
  layoutCount: 4,
  iterationCount: 3,
  backgroundIterationCount: 2,
  cutoutCount: 3,
};

/** A source of painted photos under given licenses, each painted in its own stripes. */
function paintedSource(licenses: string[]): PhotoSource {
  return {
    name: 'painted',
    async *find() {
      yield { kind: 'skipped', reason: 'NO_LICENSE', name: 'orphan.jpg', detail: 'no license is given' };
      for (const [index, license] of licenses.entries()) {
        const stripes = Array.from(
          { length: 8 },
          (_, stripe) =>
            `<rect x="${stripe * 50}" width="50" height="300" fill="hsl(${stripe * 37 * (index + 1)} 60% ${20 + ((stripe * (index + 3) * 29) % 60)}%)"/>`,
        );
        const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300">${stripes.join('')}</svg>`;
        const bytes = await sharp(Buffer.from(svg)).png().toBuffer();
        const photo = Photo.fromPartial({
          digest: sha256Hex(bytes),
          source: 'painted',
          sourceId: `${index}.png`,
          mediaType: 'image/png',
          width: 400,
          height: 300,
          credit: { title: `Stripes ${index}`, author: `Painter ${index}`, license: parseLicense(license) },
        });
        yield { kind: 'photo', photo, bytes: async () => bytes };
      }
    },
  };
}

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
    return {
      sources,
      blobs: new FolderBlobStore(join(folder, data, 'blobs')),
      derived: new DerivedStore(join(folder, data, 'derived')),
      inference: async () => ({
        embedder: new Embedder(connection),
        segmenter: new Segmenter(connection),
        newComposer: (loadCutout) => new Composer(connection, loadCutout),
      }),
      now: () => 0,
    };
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
    expect(collage.skipped).toContainEqual({ reason: 'NO_LICENSE', count: 1, examples: ['orphan.jpg'] });
    expect(collage.score).toBeGreaterThanOrEqual(collage.startScore);
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
        embedder: Object.assign(Object.create(inference.embedder) as Embedder, {
          encodePhotos: () => {
            throw new Error('photos were encoded again');
          },
          encodeTexts: () => {
            throw new Error('texts were encoded again');
          },
        }),
        segmenter: Object.assign(Object.create(inference.segmenter) as Segmenter, {
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
