import type { DerivedStore } from '@collage/blobs/derived-store.js';
import type { Blobs } from '@collage/blobs/blobs.js';
import type { Composer } from '@collage/inference/composer.js';
import type { LoadCutout } from '@collage/inference/cutout-cache.js';
import type { Embedder } from '@collage/inference/embedder.js';
import type { Segmenter } from '@collage/inference/segmenter.js';
import type { ModelIdentity } from '@collage/proto/collage/v1/model.js';
import type { PhotoSource } from '@collage/photos/photo-source.js';

/** The sidecar's three abilities. */
export interface Inference {
  embedder: Embedder;
  segmenter: Segmenter;
  /**
   * A composer that fetches the cut-outs the sidecar does not hold through `loadCutout`, and takes scores of this
   * perceptor only.
   */
  newComposer(loadCutout: LoadCutout, perceptor?: ModelIdentity): Composer;
}

/** What the pipeline works with; whoever runs it hands these in. */
export interface CollageTools {
  /** Where photos come from. */
  sources: PhotoSource[];
  /** Photos, cut-outs and pictures by digest. */
  blobs: Blobs;
  /** Embeddings and cut-outs already computed, by content and model. */
  derived: DerivedStore;
  /** Connects to the sidecar when first called; a run that needs none never calls it. */
  inference(): Promise<Inference>;
  /** Seconds from some fixed point; only for durations. */
  now(): number;
}
