import type { Collage } from '@collage/proto/collage/v1/collage.js';
import type { ModelIdentity } from '@collage/proto/collage/v1/model.js';

/**
 * A model for people: its name and what it is, such as "clip (openai/clip-vit-base-patch32)"; weights that were never
 * trained are said to be so.
 */
export function describeModel(model: ModelIdentity): string {
  const { name, revision, weightsAreRandom } = model;
  return `${name} (${[revision, ...(weightsAreRandom ? ['random weights'] : [])].filter(Boolean).join(', ')})`;
}

/** The models that made a collage, in one line without a stop; empty where none did yet. */
export function describeModels({ models, evaluation }: Pick<Collage, 'models' | 'evaluation'>): string {
  const parts = [
    ['seen by', models?.perceptor],
    ['cut by', models?.segmenter],
    ['judged by', evaluation?.heldOutPerceptor],
  ] as const;
  return parts.flatMap(([done, model]) => (model ? [`${done} ${describeModel(model)}`] : [])).join(', ');
}
