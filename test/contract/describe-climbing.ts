import { Composer } from '@collage/inference/composer.js';
import type { InferenceConnection } from '@collage/inference/connection.js';
import {
  OptimizeOptions,
  type OptimizeStart,
  Parameter,
  StopReason,
} from '@collage/proto/collage/v1/composition_service.js';
import type { Layer, Scene } from '@collage/proto/collage/v1/scene.js';
import { validateScene } from '@collage/scene/validate-scene.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { collect } from './collect.js';
import type { NamedPicture } from './pictures.js';
import { CutoutShelf, objective, sceneOf, threeDiscs } from './scenes.js';

const climbable = [
  Parameter.BACKGROUND_COLORS,
  Parameter.BACKGROUND_ANGLE,
  Parameter.POSITION,
  Parameter.HEIGHT,
  Parameter.ROTATION,
  Parameter.OPACITY,
  Parameter.TINT,
];

/** What every OptimizeScene promises. */
export function describeClimbing(connection: () => InferenceConnection): void {
  describe('climbing', () => {
    let discs: NamedPicture[];
    let composer: Composer;

    beforeAll(async () => {
      discs = await threeDiscs();
      composer = new Composer(connection(), new CutoutShelf(discs).load);
    });

    function startOf(options: Partial<OptimizeOptions>, parameters = climbable): OptimizeStart {
      return {
        objective,
        scene: sceneOf(discs),
        parameters,
        options: OptimizeOptions.fromPartial({ stepCount: 5, viewCount: 2, seed: 3, ...options }),
        checkpoint: undefined,
        backgroundAnchor: undefined,
        steers: [],
      };
    }

    async function climb(start: OptimizeStart) {
      const climbing = composer.optimizeScene(start);
      return { steps: await collect(climbing), result: climbing.result };
    }

    it('takes its steps one by one, each with a valid scene', async () => {
      const { steps, result } = await climb(startOf({ stepCount: 5 }));
      expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5]);
      for (const { scene, stepCount, score } of steps) {
        validateScene(scene!);
        expect(stepCount).toBe(5);
        expect(Number.isFinite(score)).toBe(true);
      }
      expect(result).toMatchObject({ stepCount: 5, stopReason: StopReason.STEPS_DONE });
      expect(result.model?.digest).toMatch(/^[0-9a-f]{64}$/);
      validateScene(result.scene!);
    });

    it('ends no lower than it began', async () => {
      for (const learningRateScale of [1, 30]) {
        const { result } = await climb(startOf({ stepCount: 6, learningRateScale }));
        expect(result.score).toBeGreaterThanOrEqual(result.startScore);
        expect(result.bestStep).toBeGreaterThanOrEqual(0);
        expect(result.bestStep).toBeLessThanOrEqual(6);
        if (result.bestStep === 0) expect(result.scene).toEqual(sceneOf(discs));
      }
    });

    it.each(climbable.map((parameter) => ({ parameter, name: Parameter[parameter]! })))(
      'changes nothing but $name when asked for $name',
      async ({ parameter }) => {
        const { steps, result } = await climb(startOf({ stepCount: 3 }, [parameter]));
        const before = withoutParameter(sceneOf(discs), parameter);
        for (const { scene } of steps) expect(withoutParameter(scene!, parameter)).toEqual(before);
        expect(withoutParameter(result.scene!, parameter)).toEqual(before);
        expect(steps.at(-1)!.scene).not.toEqual(sceneOf(discs));
      },
    );

    it('refuses an empty mask, naming it', async () => {
      await expect(climb(startOf({}, []))).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining('parameters'),
      });
    });

    it('refuses no steps and too many views, naming them', async () => {
      await expect(climb(startOf({ stepCount: 0 }))).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining('step_count'),
      });
      await expect(climb(startOf({ viewCount: 65 }))).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining('view_count'),
      });
    });

    it('gives the same result for the same request, another for another seed', async () => {
      const first = await climb(startOf({ stepCount: 4 }));
      // Sums that race between threads differ in one run of some, hence several.
      for (let again = 0; again < 4; again++) expect(await climb(startOf({ stepCount: 4 }))).toEqual(first);
      const other = await climb(startOf({ stepCount: 4, seed: 4 }));
      expect(other.steps.at(-1)!.scene).not.toEqual(first.steps.at(-1)!.scene);
    });

    it('goes on from a checkpoint to the same result', async () => {
      const start = startOf({ stepCount: 7, checkpointIntervalSteps: 3 });
      const whole = await climb(start);
      const { checkpoint } = whole.steps.find(({ step }) => step === 3)!;
      expect(whole.steps.filter((progress) => progress.checkpoint).map(({ step }) => step)).toEqual([3, 6]);
      const resumed = await climb({ ...start, checkpoint });
      expect(resumed.steps.map(({ step }) => step)).toEqual([4, 5, 6, 7]);
      expect(resumed.steps.map(({ scene }) => scene)).toEqual(whole.steps.slice(3).map(({ scene }) => scene));
      expect(resumed.result).toEqual(whole.result);
    });

    it('stops within a step when it is cancelled, and serves the next call', async () => {
      const cancelling = new AbortController();
      const climbing = composer.optimizeScene(startOf({ stepCount: 10_000 }), cancelling.signal);
      const seen: number[] = [];
      const cancelled = (async () => {
        for await (const { step } of climbing) {
          seen.push(step);
          if (step === 2) cancelling.abort();
        }
      })();
      await expect(cancelled).rejects.toMatchObject({ reason: 'CANCELLED' });
      expect(seen.at(-1)).toBeLessThanOrEqual(3);
      const before = performance.now();
      await composer.renderScene(sceneOf(discs), 16);
      expect(performance.now() - before).toBeLessThan(3000);
    });

    it('stops when the loop over its steps is left', async () => {
      for await (const { step } of composer.optimizeScene(startOf({ stepCount: 10_000 })))
        if (step === 2) break;
      await composer.renderScene(sceneOf(discs), 16);
    });

    it('stops when the time given for the call is up', async () => {
      const climbing = composer.optimizeScene(startOf({ stepCount: 10_000 }), AbortSignal.timeout(400));
      await expect(collect(climbing)).rejects.toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
    });

    it('keeps to its time budget and gives the best so far', async () => {
      const { steps, result } = await climb(startOf({ stepCount: 10_000, timeBudgetSeconds: 0.5 }));
      expect(result.stopReason).toBe(StopReason.TIME_UP);
      expect(result.stepCount).toBe(steps.length);
      expect(result.stepCount).toBeLessThan(10_000);
    });

    it('hands over the result when it is told to stop', async () => {
      const climbing = composer.optimizeScene(startOf({ stepCount: 10_000 }));
      let steps = 0;
      for await (const { step } of climbing) {
        steps = step;
        if (step === 2) climbing.steer({ $case: 'stop', value: {} });
      }
      expect(climbing.result.stopReason).toBe(StopReason.STEERED);
      expect(climbing.result.stepCount).toBe(steps);
      expect(steps).toBeLessThan(100);
    });
  });
}

/** The scene with what a parameter may change taken out. */
function withoutParameter(scene: Scene, parameter: Parameter): unknown {
  const copy = structuredClone(scene);
  for (const stop of copy.background!.stops)
    if (parameter === Parameter.BACKGROUND_COLORS) stop.color = undefined;
  if (parameter === Parameter.BACKGROUND_ANGLE) copy.background!.angleDegrees = 0;
  for (const layer of copy.layers) clear(layer, parameter);
  return copy;
}

function clear(layer: Layer, parameter: Parameter): void {
  const place = layer.placement!;
  if (parameter === Parameter.POSITION) [place.centerX, place.centerY] = [0, 0];
  if (parameter === Parameter.HEIGHT) place.height = 0;
  if (parameter === Parameter.ROTATION) place.rotationDegrees = 0;
  if (parameter === Parameter.OPACITY) layer.opacity = 0;
  if (parameter === Parameter.TINT) layer.tint = undefined;
}
