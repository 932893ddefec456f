import type { OptimizeCheckpoint } from '@collage/proto/collage/v1/composition_service.js';

/** A climb as it was after some step. */
export interface ClimbCheckpoint {
  checkpoint: OptimizeCheckpoint;
  /** What the steps until then took. */
  spentSeconds: number;
}

/** Where the climb of one collage leaves what it needs to be taken up again: to the same result, as if it had not been cut off. */
export interface ClimbCheckpoints {
  /** The last one kept; undefined: the climb has to begin at its start. */
  latest(): Promise<ClimbCheckpoint | undefined>;
  keep(checkpoint: ClimbCheckpoint): Promise<void>;
}
