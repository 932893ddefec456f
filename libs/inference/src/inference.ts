import type { ModelIdentity } from '@collage/proto/collage/v1/model.js';
import type { Climb } from './climb.js';
import type { Composer } from './composer.js';
import type { LoadCutout } from './cutout-cache.js';
import type { Embedder } from './embedder.js';
import type { Segmenter } from './segmenter.js';

/** What can be asked of an embedder, whether one sidecar answers or one of several. */
export type PhotoEmbedder = Pick<Embedder, keyof Embedder>;
/** Likewise of a segmenter. */
export type PhotoSegmenter = Pick<Segmenter, keyof Segmenter>;
/** Likewise of a climb. */
export type SceneClimb = Pick<Climb, keyof Climb>;
/** Likewise of a composer. */
export type SceneComposer = Omit<Pick<Composer, keyof Composer>, 'optimizeScene'> & {
  optimizeScene(...start: Parameters<Composer['optimizeScene']>): SceneClimb;
};

/** The three abilities of a sidecar, or of several that are as good as one. */
export interface Inference {
  embedder: PhotoEmbedder;
  segmenter: PhotoSegmenter;
  /**
   * A composer that fetches the cut-outs the sidecar does not hold through `loadCutout`, and takes scores of this
   * perceptor only.
   */
  newComposer(loadCutout: LoadCutout, perceptor?: ModelIdentity): SceneComposer;
}
