import {
  BackgroundMode,
  Collage_State as State,
  type Collage,
  type CollageOptions,
} from '@collage/proto/collage/v1/collage.js';
import {
  OptimizeOptions,
  Parameter,
  type SceneEvaluation,
} from '@collage/proto/collage/v1/composition_service.js';
import type { Gradient, Scene } from '@collage/proto/collage/v1/scene.js';
import type { ClimbCheckpoints } from '../climb-checkpoints.js';
import type { CollageTools } from '../collage-tools.js';
import { composerFor } from '../composer-for.js';
import { objectiveOf } from '../objective.js';
import { evaluate } from '../evaluate.js';
import type { StageClock } from '../stage-clock.js';
import { progressed, type Stage } from '../stage-event.js';

const state = State.OPTIMIZING;
/**
 * Of a time limit, for the steps; the rest is for the last look at start, best and last, 8 views each: half a second on
 * two cores.
 */
const STEPS_SHARE = 0.95;
/** Steps that are lost at most where a climb is cut off, or its sidecar lost. */
const CHECKPOINT_INTERVAL_STEPS = 10;

export interface Climbed {
  scene: Scene;
  startScore: number;
  score: number;
  stepCount: number;
  evaluation: SceneEvaluation | undefined;
}

/**
 * Stage 6: climbs the best layout by Adam through the differentiable compositor; the best iterate is kept, and judged.
 * The clock is the climb's; the judgement comes on top.
 * @param checkpoints a climb that was cut off goes on from the last of them, to the same result
 */
export async function* optimize(
  collage: Pick<Collage, 'prompt' | 'keyphrases' | 'cutouts' | 'layouts' | 'models'>,
  background: Gradient,
  options: CollageOptions,
  tools: CollageTools,
  clock: StageClock,
  signal?: AbortSignal,
  checkpoints?: ClimbCheckpoints,
): Stage<Climbed> {
  const { scene, score } = collage.layouts[0]!;
  const unclimbed = { scene: scene!, startScore: score!.score, score: score!.score, stepCount: 0 };
  const isClimbed = options.iterationCount > 0 && !clock.isUp;
  const climbed = isClimbed
    ? yield* climb(collage, scene!, background, options, tools, clock, signal, checkpoints)
    : unclimbed;
  // No time for a single step: as if none had been asked for.
  const result = climbed.stepCount > 0 ? climbed : unclimbed;
  const evaluation = yield* evaluate(collage, result.scene, options, tools, signal);
  return { ...result, evaluation };
}

async function* climb(
  collage: Pick<Collage, 'prompt' | 'keyphrases' | 'cutouts' | 'models'>,
  start: Scene,
  background: Gradient,
  options: CollageOptions,
  tools: CollageTools,
  clock: StageClock,
  signal?: AbortSignal,
  checkpoints?: ClimbCheckpoints,
): Stage<Omit<Climbed, 'evaluation'>> {
  const parameters = [
    Parameter.POSITION,
    Parameter.HEIGHT,
    Parameter.ROTATION,
    Parameter.ORDER,
    Parameter.FLIP,
  ];
  if (options.backgroundMode !== BackgroundMode.FIXED) parameters.push(Parameter.BACKGROUND_COLORS);
  const composer = await composerFor(collage, tools);
  const latest = await checkpoints?.latest();
  const spentSeconds = latest?.spentSeconds ?? 0;
  const steps = clock.part(STEPS_SHARE).after(spentSeconds);
  const climbing = composer.optimizeScene(
    {
      objective: objectiveOf(collage, options),
      scene: start,
      parameters,
      checkpoint: latest?.checkpoint,
      options: OptimizeOptions.create({
        stepCount: options.iterationCount,
        checkpointIntervalSteps: CHECKPOINT_INTERVAL_STEPS,
        viewCount: options.viewCount,
        seed: options.seed,
        patienceSteps: Math.max(0, options.patienceStepCount),
        timeBudgetSeconds: steps.leftAsOption,
      }),
      backgroundAnchor: background,
      steers: [],
    },
    signal,
  );
  for await (const { checkpoint, ...step } of climbing) {
    const progress = { ...step, checkpoint: undefined };
    if (checkpoint) await checkpoints?.keep({ checkpoint, spentSeconds: steps.elapsedSeconds });
    yield { $case: 'optimized', value: { state, progress } };
    const total = steps.expectedTotal(progress.step, progress.stepCount);
    yield progressed(state, progress.step, total, 'steps');
  }
  const { scene: best, startScore, score, stepCount } = climbing.result;
  return { scene: best!, startScore, score, stepCount };
}
