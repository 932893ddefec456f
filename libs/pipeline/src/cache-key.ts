import type { ModelIdentity } from '@collage/proto/collage/v1/model.js';

/**
 * How pictures are prepared for the models here: their sizes, JPEG quality and backdrop (`photoForModel`, `flattenCutout`,
 * CUT_SIDE). A model's digest cannot know it. Raise it with every change of these, or old and new results mix.
 */
const PREPARATION = 1;

/** Under what a model's results are stored: they hold for this model and this preparation only. */
export function cacheKey(model: ModelIdentity): string {
  return `${model.digest}-${PREPARATION}`;
}
