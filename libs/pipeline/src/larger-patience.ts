import { monotonicTimer } from '@collage/photos/in-time.js';
import type { LargerLimit } from '@collage/photos/photo-source.js';

/** How long larger versions of chosen photos are waited for. */
export interface LargerPatience extends LargerLimit {
  /** Seconds for those of all photos of a collage. */
  totalSeconds: number;
}

/** Shorter than the fetcher would try: the smaller photo does, and at the end of a collage nobody wants to wait for long. */
export const DEFAULT_LARGER_PATIENCE: LargerPatience = {
  photoSeconds: 60,
  totalSeconds: 300,
  clock: monotonicTimer,
};
