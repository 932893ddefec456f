import type { DerivedStore } from '@collage/blobs/derived-store.js';
import type { Blobs } from '@collage/blobs/blobs.js';
import type { Inference } from '@collage/inference/inference.js';
import type { SourcePatience } from '@collage/photos/listen-to-source.js';
import type { PhotoSource } from '@collage/photos/photo-source.js';
import type { LargerPatience } from './larger-patience.js';

/** What the pipeline works with; whoever runs it hands these in. */
export interface CollageTools {
  /** Where photos come from. */
  sources: PhotoSource[];
  /** How long each is waited for; absent: the search's own default. */
  patience?: SourcePatience;
  /** How long larger versions of chosen photos are waited for; absent: DEFAULT_LARGER_PATIENCE. */
  largerPatience?: LargerPatience;
  /** Photos, cut-outs and pictures by digest. */
  blobs: Blobs;
  /** Embeddings and cut-outs already computed, by content and model. */
  derived: DerivedStore;
  /** Connects to the sidecar when first called; a run that needs none never calls it. */
  inference(): Promise<Inference>;
  /** Seconds from some fixed point; only for durations. */
  now(): number;
}
