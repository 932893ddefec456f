import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InferenceConnection } from '@collage/inference/connection.js';
import {
  startFakeInferenceServer,
  type FakeInferenceServer,
} from '@collage/inference/testing/fake-inference-server.js';
import { fakeModel, fakePerceptor, fakeSegmenter } from '@collage/inference/testing/fake-model.js';
import { paintedSource } from '@collage/photos/testing/painted-source.js';
import { Collage, type CollageEvent, type CollageOptions } from '@collage/proto/collage/v1/collage.js';
import { makeCollage } from './make-collage.js';
import { fakeTools } from './testing/fake-tools.js';

const small: Partial<CollageOptions> = {
  seed: 3,
  heightPixels: 64,
  layoutCount: 4,
  variationCount: 14,
  iterationCount: 3,
  backgroundIterationCount: 2,
  cutoutCount: 3,
};
const another = fakeModel('another');

describe('a run whose sidecar changes its models in the middle', () => {
  let folder: string;
  let server: FakeInferenceServer;
  let connection: InferenceConnection;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mixed-'));
    server = await startFakeInferenceServer();
    connection = new InferenceConnection(server.address);
  });
  afterEach(() => {
    connection.close();
    server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs a collage; `listen` hears every event before the run goes on. */
  async function run(listen: (event: NonNullable<CollageEvent['event']>) => void = () => {}) {
    // More than are under way at once.
    const source = paintedSource(Array<string>(12).fill('CC BY 4.0'));
    const tools = fakeTools(connection, [source], folder);
    const making = makeCollage({ id: 'test', prompt: 'a red and a blue stripe', options: small }, tools);
    let step = await making.next();
    for (; !step.done; step = await making.next()) listen(step.value.event!);
    return step.value;
  }
  const changed = { reason: 'MODEL_CHANGED', code: 'FAILED_PRECONDITION' };

  it.each([
    ['photosFound', 'a description'],
    ['cutoutsFound', 'scores'],
    ['backgroundFitted', 'scores'],
    ['layoutsScored', 'a climb'],
    ['optimized', 'scores'],
  ] as const)('is refused where the perceptor changes at %s', async (moment, what) => {
    const refused = run((event) => {
      if (event.$case === moment) server.models.perceptor = another;
    });
    await expect(refused).rejects.toMatchObject({
      ...changed,
      message: expect.stringContaining(`Expected ${what} of the model fake-perceptor`),
    });
  });

  it('is refused where the judgement is another perceptor’s', async () => {
    const refused = run((event) => {
      if (event.$case === 'stageProgressed' && event.value.unit === 'judged against random layouts') {
        server.models.perceptor = another;
      }
    });
    await expect(refused).rejects.toMatchObject({
      ...changed,
      message: expect.stringContaining('a judgement'),
    });
  });

  it('is refused where the segmenter changes, and keeps nothing of the other one', async () => {
    const { segmenter } = await fakeTools(connection, [], folder).inference();
    const { model } = await segmenter.describe();
    expect(model).toEqual(fakeSegmenter);
    const refused = run((event) => {
      // The first cut-out was answered; the others come from elsewhere.
      if (event.$case === 'stageProgressed' && event.value.unit === 'photos cut') {
        server.models.segmenter = another;
      }
    });
    await expect(refused).rejects.toMatchObject({
      ...changed,
      message: expect.stringContaining('Expected cut-outs of the model fake-segmenter'),
    });
    server.models.segmenter = another;
    const { cutouts, models } = await run();
    expect(models!.segmenter!.name).toBe('another');
    expect(cutouts.length).toBeGreaterThan(0);
  });

  it('leaves no vector of the other model under the first one’s name', async () => {
    const refused = run((event) => {
      if (event.$case === 'stageProgressed' && event.value.unit === 'photos seen')
        server.models.perceptor = another;
    });
    await expect(refused).rejects.toMatchObject(changed);
    server.models.perceptor = fakePerceptor;
    const mended = await run();
    rmSync(folder, { recursive: true });
    expect(Collage.toJSON(await run())).toEqual(Collage.toJSON(mended));
  });

  it('ranks and scores under the name of its model throughout', async () => {
    server.models.perceptor = another;
    const { photos, cutouts, layouts } = await run();
    const marked = { modelName: 'another', modelDigest: another.digest };
    for (const { ranking } of [...photos, ...cutouts]) expect(ranking).toMatchObject(marked);
    for (const { score } of layouts) expect(score).toMatchObject(marked);
  });

  it('asks a new model anew, whatever is stored of the old one', async () => {
    await run();
    server.models.perceptor = another;
    const { models, evaluation } = await run();
    expect(models!.perceptor).toEqual(another);
    expect(evaluation!.perceptor).toEqual(another);
  });
});
