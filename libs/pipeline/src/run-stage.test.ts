import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InferenceConnection } from '@collage/inference/connection.js';
import { startFakeInferenceServer } from '@collage/inference/testing/fake-inference-server.js';
import { paintedSource } from '@collage/photos/testing/painted-source.js';
import { Collage, type CollageOptions, UnfinishedCollage } from '@collage/proto/collage/v1/collage.js';
import { OptimizeCheckpoint } from '@collage/proto/collage/v1/composition_service.js';
import type { ClimbCheckpoint, ClimbCheckpoints } from './climb-checkpoints.js';
import { beginCollage, finishedCollage, makeCollage } from './make-collage.js';
import { runStage } from './run-stage.js';
import type { Stage, StageEvent } from './stage-event.js';
import { stageNames, type StageName, type Unfinished } from './stage-steps.js';
import { fakeTools } from './testing/fake-tools.js';

const request = {
  id: 'test',
  prompt: 'a red stripe and a blue stripe',
  options: {
    seed: 3,
    heightPixels: 64,
    layoutCount: 4,
    iterationCount: 35,
    patienceStepCount: -1,
    backgroundIterationCount: 2,
    cutoutCount: 3,
  } satisfies Partial<CollageOptions>,
};

describe('runStage', () => {
  const folder = mkdtempSync(join(tmpdir(), 'run-stage-'));
  const sources = [paintedSource(['CC0', 'CC BY 4.0', 'CC BY 2.0', 'Public domain'])];
  let server: Awaited<ReturnType<typeof startFakeInferenceServer>>;
  let connection: InferenceConnection;
  let whole: Collage;

  beforeAll(async () => {
    server = await startFakeInferenceServer();
    connection = new InferenceConnection(server.address);
    whole = await ended(makeCollage(request, fakeTools(connection, sources, join(folder, 'whole'))));
  });
  afterAll(async () => {
    connection.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** As another process would take it up: from its JSON, on the same blobs, with caches of its own. */
  async function stageElsewhere(name: StageName, work: Unfinished, checkpoints?: ClimbCheckpoints) {
    const read = UnfinishedCollage.fromJSON(JSON.parse(JSON.stringify(UnfinishedCollage.toJSON(work))));
    const tools = fakeTools(connection, sources, join(folder, 'parts'));
    return ended(runStage(name, read as Unfinished, { tools, checkpoints }));
  }

  it('makes the same collage stage by stage, each from the JSON of what was made before', async () => {
    let work = beginCollage(request);
    for (const name of stageNames) work = await stageElsewhere(name, work);
    expect(Collage.toJSON(finishedCollage(work))).toEqual(Collage.toJSON(whole));
  });

  it('leaves what it is handed as it was', async () => {
    let work = beginCollage(request);
    for (const name of stageNames) {
      const before = structuredClone(work);
      const after = await stageElsewhere(name, work);
      expect(work).toEqual(before);
      expect(await stageElsewhere(name, work)).toEqual({
        ...after,
        spentSeconds: expect.any(Number),
      });
      work = after;
    }
  });

  it('takes up a climb that was cut off from its last checkpoint, to the same result', async () => {
    let work = beginCollage(request);
    for (const name of stageNames.slice(0, stageNames.indexOf('optimize'))) {
      work = await stageElsewhere(name, work);
    }
    let kept: string | undefined;
    const checkpoints: ClimbCheckpoints = {
      latest: async () => kept && read(kept),
      keep: async ({ checkpoint, spentSeconds }) => {
        kept = JSON.stringify({ checkpoint: OptimizeCheckpoint.toJSON(checkpoint), spentSeconds });
      },
    };
    const tools = fakeTools(connection, sources, join(folder, 'parts'));
    const steps = (events: StageEvent[]) =>
      events.flatMap((event) => (event.$case === 'optimized' ? [event.value.progress!] : []));
    const first: StageEvent[] = [];
    for await (const event of runStage('optimize', work, { tools, checkpoints })) {
      first.push(event);
      if (steps(first).at(-1)?.step === 27) break;
    }
    expect(steps(first).every(({ checkpoint }) => checkpoint === undefined)).toBe(true);
    const second: StageEvent[] = [];
    const climbed = await ended(runStage('optimize', work, { tools, checkpoints }), second);
    expect(steps(second)[0]!.step).toBe(21);
    const { scene, score, optimizationStepCount } = climbed.collage;
    expect({ scene, score, optimizationStepCount }).toEqual({
      scene: whole.scene,
      score: whole.score,
      optimizationStepCount: 35,
    });
  });
});

function read(json: string): ClimbCheckpoint {
  const { checkpoint, spentSeconds } = JSON.parse(json);
  return { checkpoint: OptimizeCheckpoint.fromJSON(checkpoint), spentSeconds };
}

async function ended<Event, Result>(
  run: AsyncGenerator<Event, Result> | Stage<Result>,
  events: unknown[] = [],
): Promise<Result> {
  for (;;) {
    const next = await run.next();
    if (next.done) return next.value;
    events.push(next.value);
  }
}
