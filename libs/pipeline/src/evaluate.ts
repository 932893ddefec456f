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
import { progressed, type Stage } from './stage-event.js';

/**
 * Judges the finished scene: by the perceptor it was climbed against and by one that no step has seen. A score alone
 * says how well the first was pleased, not how good the picture is.
 * @returns undefined for a scene without layers, of which there is nothing to say
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
  const evaluation = await composer.evaluateScene(objectiveOf(collage, options), scene, options.seed, signal);
  yield { $case: 'evaluated', value: evaluation };
  return evaluation;
}
