import {
  BackgroundMode,
  Collage_State as State,
  type Collage,
  type CollageOptions,
} from '@collage/proto/collage/v1/collage.js';
import { OptimizeOptions, Parameter } from '@collage/proto/collage/v1/composition_service.js';
import type { Gradient, Scene } from '@collage/proto/collage/v1/scene.js';
import type { CollageTools } from '../collage-tools.js';
import { composerFor } from '../composer-for.js';
import { objectiveOf } from '../objective.js';
import { progressed, type Stage } from '../stage-event.js';

const state = State.OPTIMIZING;

export interface Climbed {
  scene: Scene;
  startScore: number;
  score: number;
  stepCount: number;
}

/** Stage 6: climbs the best layout by Adam through the differentiable compositor; the best iterate is kept. */
export async function* optimize(
  collage: Pick<Collage, 'prompt' | 'keyphrases' | 'cutouts' | 'layouts'>,
  background: Gradient,
  options: CollageOptions,
  tools: CollageTools,
  signal?: AbortSignal,
): Stage<Climbed> {
  const { scene, score } = collage.layouts[0]!;
  if (options.iterationCount < 1) {
    return { scene: scene!, startScore: score!.score, score: score!.score, stepCount: 0 };
  }
  const parameters = [Parameter.POSITION, Parameter.HEIGHT, Parameter.ROTATION];
  if (options.backgroundMode !== BackgroundMode.FIXED) parameters.push(Parameter.BACKGROUND_COLORS);
  const composer = await composerFor(collage, tools);
  const climb = composer.optimizeScene(
    {
      objective: objectiveOf(collage, options),
      scene,
      parameters,
      checkpoint: undefined,
      options: OptimizeOptions.create({
        stepCount: options.iterationCount,
        viewCount: options.viewCount,
        seed: options.seed,
      }),
      backgroundAnchor: background,
      steers: [],
    },
    signal,
  );
  for await (const progress of climb) {
    yield { $case: 'optimized', value: { state, progress } };
    yield progressed(state, progress.step, progress.stepCount, 'steps');
  }
  const { scene: best, startScore, score: bestScore, stepCount } = climb.result;
  return { scene: best!, startScore, score: bestScore, stepCount };
}
