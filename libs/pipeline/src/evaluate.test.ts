import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InferenceConnection } from '@collage/inference/connection.js';
import { InferenceError, type InferenceErrorCode } from '@collage/inference/inference-error.js';
import {
  startFakeInferenceServer,
  type FakeInferenceServer,
} from '@collage/inference/testing/fake-inference-server.js';
import { paintedSource } from '@collage/photos/testing/painted-source.js';
import {
  Collage,
  Collage_State as State,
  type CollageEvent_Skipped,
  type CollageOptions,
} from '@collage/proto/collage/v1/collage.js';
import type { CollageTools } from './collage-tools.js';
import { makeCollage } from './make-collage.js';
import { fakeTools } from './testing/fake-tools.js';

const small: Partial<CollageOptions> = {
  seed: 3,
  heightPixels: 64,
  layoutCount: 4,
  iterationCount: 3,
  backgroundIterationCount: 2,
  cutoutCount: 3,
};

describe('a judgement that fails', () => {
  const folder = mkdtempSync(join(tmpdir(), 'judgement-'));
  let server: FakeInferenceServer;
  let connection: InferenceConnection;
  beforeAll(async () => {
    server = await startFakeInferenceServer();
    connection = new InferenceConnection(server.address);
  });
  afterAll(() => {
    connection.close();
    server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** All is well up to the judgement. */
  function toolsWhoseJudge(fails: () => unknown): CollageTools {
    const tools = fakeTools(connection, [paintedSource(['CC0', 'CC BY 4.0', 'CC BY 2.0'])], folder);
    return {
      ...tools,
      inference: async () => {
        const inference = await tools.inference();
        const newComposer: typeof inference.newComposer = (...given) =>
          Object.assign(inference.newComposer(...given), {
            evaluateScene: async () => {
              throw fails();
            },
          });
        return { ...inference, newComposer };
      },
    };
  }

  async function run(fails: () => unknown, signal?: AbortSignal) {
    const skips: CollageEvent_Skipped[] = [];
    const request = { id: 'test', prompt: 'a red stripe and a blue stripe', options: small };
    const making = makeCollage(request, toolsWhoseJudge(fails), signal);
    let step = await making.next();
    for (; !step.done; step = await making.next()) {
      if (step.value.event?.$case === 'skipped') skips.push(step.value.event.value);
    }
    return { collage: step.value, skips };
  }

  const failure = (reason: string, code: InferenceErrorCode) =>
    new InferenceError(reason, 'It is away.', code);

  it.each([
    ['takes too long', failure('DEADLINE_EXCEEDED', 'DEADLINE_EXCEEDED')],
    ['has no judge', failure('MODEL_NOT_LOADED', 'FAILED_PRECONDITION')],
  ])('since it %s is left out with its reason, and the collage is whole', async (_, error) => {
    const { collage, skips } = await run(() => error);
    expect(collage.state).toBe(State.SUCCEEDED);
    expect(collage.optimizationStepCount).toBe(3);
    expect(collage.evaluation).toBeUndefined();
    expect(Collage.toJSON(collage)).not.toHaveProperty('evaluation');
    expect(skips).toContainEqual({ reason: 'JUDGEMENT_FAILED', name: 'judgement', detail: 'It is away.' });
    expect(collage.skipped).toContainEqual({ reason: 'JUDGEMENT_FAILED', count: 1, examples: ['judgement'] });
  });

  it.each([
    ['of another model', failure('MODEL_CHANGED', 'FAILED_PRECONDITION')],
    ['nobody to be asked', failure('SIDECAR_UNREACHABLE', 'UNAVAILABLE')],
    ['an error of the program', new TypeError('oops')],
  ])('with %s ends the run', async (_, error) => {
    await expect(run(() => error)).rejects.toBe(error);
  });

  it('since the time of the whole run is up ends the run', async () => {
    const abort = new AbortController();
    const timeUp = failure('DEADLINE_EXCEEDED', 'DEADLINE_EXCEEDED');
    const fails = () => {
      abort.abort();
      return timeUp;
    };
    await expect(run(fails, abort.signal)).rejects.toBe(timeUp);
  });
});
