import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InferenceConnection } from '@collage/inference/connection.js';
import { startFakeInferenceServer } from '@collage/inference/testing/fake-inference-server.js';
import {
  BackgroundMode,
  Collage,
  Collage_State as State,
  type CollageOptions,
} from '@collage/proto/collage/v1/collage.js';
import { makeCollage } from './make-collage.js';
import { fakeTools } from './testing/fake-tools.js';
import { paintedSource } from '@collage/photos/testing/painted-source.js';

const STEP_MILLISECONDS = 5;

describe('makeCollage under a time budget', { timeout: 30_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'in-time-'));
  let server: Awaited<ReturnType<typeof startFakeInferenceServer>>;
  let connection: InferenceConnection;

  beforeAll(async () => {
    server = await startFakeInferenceServer({ stepMilliseconds: STEP_MILLISECONDS });
    connection = new InferenceConnection(server.address);
  });
  afterAll(async () => {
    connection.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function run(options: Partial<CollageOptions>, now = () => performance.now() / 1000) {
    const sources = [paintedSource(['CC0', 'CC BY 4.0', 'CC BY 2.0', 'Public domain'])];
    const small = { seed: 3, heightPixels: 64, cutoutCount: 3 };
    const making = makeCollage(
      { id: 'test', prompt: 'a red stripe and a blue stripe', options: { ...small, ...options } },
      { ...fakeTools(connection, sources, folder), now },
    );
    let step = await making.next();
    while (!step.done) step = await making.next();
    return step.value;
  }
  /** Runs a recipe again: its counts, and no clock. */
  async function expectReplay(collage: Collage): Promise<void> {
    const again = await run({ ...collage.options!, timeBudgetSeconds: 0 });
    const { timeBudgetSeconds } = collage.options!;
    expect({ ...again, options: { ...again.options, timeBudgetSeconds } }).toEqual(collage);
  }

  it('does what fits in, writes it down, and replays from that without a clock', async () => {
    const collage = await run({ timeBudgetSeconds: 3, patienceStepCount: -1 });
    const { backgroundIterationCount, layoutCount, iterationCount, timeBudgetSeconds } = collage.options!;
    expect(timeBudgetSeconds).toBe(3);
    expect(backgroundIterationCount).toBeGreaterThanOrEqual(1);
    expect(backgroundIterationCount).toBeLessThanOrEqual((1000 * 0.225) / STEP_MILLISECONDS);
    expect(layoutCount).toBeGreaterThanOrEqual(8);
    expect(iterationCount).toBeGreaterThanOrEqual(10);
    expect(iterationCount).toBe(collage.optimizationStepCount);
    await expectReplay(collage);
  });

  it('ends a climb that stalls before the time is up, and replays that too', async () => {
    const collage = await run({ timeBudgetSeconds: 5, patienceStepCount: 1, layoutCount: 8 });
    expect(collage.options!.iterationCount).toBeLessThan(500);
    await expectReplay(collage);
  });

  it('takes the counts that are given for upper limits', async () => {
    const limits = { backgroundIterationCount: 2, layoutCount: 5, iterationCount: 4 };
    expect((await run({ timeBudgetSeconds: 60, ...limits })).options).toMatchObject(limits);
  });

  it('still makes a collage when there is time for nothing, and replays that too', async () => {
    // Every look at this clock takes a minute.
    let time = 0;
    const collage = await run({ timeBudgetSeconds: 1 }, () => (time += 60));
    expect(collage.state).toBe(State.SUCCEEDED);
    expect(collage.scene!.layers.length).toBeGreaterThan(0);
    expect(collage.options).toMatchObject({
      backgroundIterationCount: -1,
      layoutCount: 8,
      iterationCount: -1,
    });
    expect(collage.evaluation).toBeDefined();
    await expectReplay(collage);
  });

  it('spends nothing on a background that is given', async () => {
    const background = {
      angleDegrees: 30,
      stops: [{ offset: 0, color: { red: 0.1, green: 0.2, blue: 0.3 } }],
    };
    const options = { timeBudgetSeconds: 1, backgroundMode: BackgroundMode.FIXED, background };
    const collage = await run(options);
    expect(collage.options!.backgroundIterationCount).toBe(-1);
    expect(collage.scene!.background).toEqual(background);
    await expectReplay(collage);
  });
});
