import { InferenceError } from '@collage/inference/inference-error.js';
import {
  Collage_State as State,
  type Collage,
  type CollageOptions,
} from '@collage/proto/collage/v1/collage.js';
import type { SceneEvaluation } from '@collage/proto/collage/v1/composition_service.js';
import type { Scene } from '@collage/proto/collage/v1/scene.js';
import type { CollageTools } from './collage-tools.js';
import { composerFor } from './composer-for.js';
import { objectiveOf } from './objective.js';
import { progressed, skipped, type Stage } from './stage-event.js';

/** Failures of the judgement alone: it took too long, or its judge cannot be loaded. The climb is whole without it. */
const HARMLESS_REASONS: readonly string[] = ['DEADLINE_EXCEEDED', 'MODEL_NOT_LOADED'];

/**
 * Judges the finished scene: by the perceptor it was climbed against and by one that no step has seen. A score alone
 * says how well the first was pleased, not how good the picture is.
 * @returns undefined for a scene without layers, of which there is nothing to say, and where the judgement was skipped
 */
export async function* evaluate(
  collage: Pick<Collage, 'prompt' | 'keyphrases' | 'cutouts' | 'models'>,
  scene: Scene,
  options: CollageOptions,
  tools: CollageTools,
  signal?: AbortSignal,
): Stage<SceneEvaluation | undefined> {
  if (scene.layers.length === 0) return undefined;
  const composer = await composerFor(collage, tools);
  yield progressed(State.OPTIMIZING, 0, 1, 'judged against random layouts');
  const objective = objectiveOf(collage, options);
  let evaluation: SceneEvaluation;
  try {
    evaluation = await composer.evaluateScene(objective, scene, options.seed, signal);
  } catch (error) {
    if (signal?.aborted || !isHarmless(error)) throw error;
    yield skipped('JUDGEMENT_FAILED', 'judgement', error.message);
    return undefined;
  }
  yield { $case: 'evaluated', value: evaluation };
  return evaluation;
}

function isHarmless(error: unknown): error is InferenceError {
  return error instanceof InferenceError && HARMLESS_REASONS.includes(error.reason);
}
