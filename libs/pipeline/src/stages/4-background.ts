import { seededRandom } from '@collage/scene/seeded-random.js';
import {
  BackgroundMode,
  Collage_State as State,
  type Collage,
  type CollageOptions,
} from '@collage/proto/collage/v1/collage.js';
import { OptimizeOptions, Parameter } from '@collage/proto/collage/v1/composition_service.js';
import type { Color, Gradient } from '@collage/proto/collage/v1/scene.js';
import { evenGradient, photoGradient, STOP_COUNT } from '../photo-gradient.js';
import type { CollageTools } from '../collage-tools.js';
import { composerFor } from '../composer-for.js';
import { objectiveOf } from '../objective.js';
import type { StageClock } from '../stage-clock.js';
import { progressed, type Stage } from '../stage-event.js';

const state = State.COLORING_BACKGROUND;
/** Of a time limit, for the steps of the first start; the second takes as long, and both are looked at once more. */
const FIRST_SHARE = 1 / 3;

export interface FittedBackground {
  background: Gradient;
  /** Steps that each of the two starts took. */
  stepCount: number;
}

/**
 * Stage 4: a gradient fitted to the prompt by the perceptor and Adam. It starts once from the row colors of a photo
 * and once from random grey, as the article does, and keeps the better. Both are pulled towards that photo's colors:
 * left alone, a perceptor's gradient drifts to color noise. One photo, not the mean of several: their mean is mud.
 *
 * Under a time limit the first start may take a third of it, and the second takes as many steps: one count replays both.
 */
export async function* colorBackground(
  collage: Pick<Collage, 'prompt' | 'keyphrases' | 'photos' | 'cutouts' | 'models'>,
  options: CollageOptions,
  tools: CollageTools,
  clock: StageClock,
  signal?: AbortSignal,
): Stage<FittedBackground> {
  if (options.backgroundMode === BackgroundMode.FIXED) {
    const fixed = options.background!;
    yield { $case: 'backgroundFitted', value: { background: fixed, score: 0 } };
    return { background: fixed, stepCount: 0 };
  }
  const composer = await composerFor({ cutouts: [], models: collage.models }, tools);
  const objective = objectiveOf(collage, options);
  const { background: anchor, score: anchorScore } = await photoGradient(
    collage,
    options,
    objective,
    composer,
    tools.blobs,
    signal,
  );
  const random = seededRandom(options.seed, 'background');
  const angle = anchor.angleDegrees;
  const starts = [anchor, evenGradient(angle, randomGreys(random))];
  let stepCount = Math.max(0, options.backgroundIterationCount);
  let best: { background: Gradient; score: number } | undefined;
  for (const [index, start] of starts.entries()) {
    const timed = index === 0 ? clock.part(FIRST_SHARE) : undefined;
    if (stepCount === 0 || timed?.isUp) break;
    const climb = composer.optimizeScene(
      {
        objective,
        scene: { aspectRatio: options.aspectRatio, background: start, layers: [] },
        parameters: [Parameter.BACKGROUND_COLORS],
        checkpoint: undefined,
        options: OptimizeOptions.create({
          stepCount,
          // A gradient has no detail: a crop of it shows nothing new.
          viewCount: 1,
          seed: options.seed,
          timeBudgetSeconds: timed?.leftAsOption ?? 0,
        }),
        backgroundAnchor: anchor,
        steers: [],
      },
      signal,
    );
    for await (const { step } of climb) {
      const each = timed?.expectedTotal(step, stepCount) ?? stepCount;
      yield progressed(state, index * stepCount + step, starts.length * each, 'steps');
    }
    const { scene, score, stepCount: takenCount } = climb.result;
    if (index === 0) stepCount = takenCount;
    // No time for a single step: as if none had been asked for.
    if (stepCount === 0) break;
    if (!best || score > best.score) best = { background: scene!.background!, score };
  }
  const fitted = best ?? { background: anchor, score: anchorScore };
  yield { $case: 'backgroundFitted', value: fitted };
  return { background: fitted.background, stepCount: best ? stepCount : 0 };
}

/** Mid-greys with a little color, as the article's random start. */
function randomGreys(random: () => number): Color[] {
  const value = () => 0.5 + 0.125 * random();
  return Array.from({ length: STOP_COUNT }, () => ({ red: value(), green: value(), blue: value() }));
}
