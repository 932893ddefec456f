import { Collage_State, type CollageEvent } from '@collage/proto/collage/v1/collage.js';

/** What a stage tells: a CollageEvent that has no number yet. */
export type StageEvent = NonNullable<CollageEvent['event']>;

/** A stage: tells what happens while it works, and returns what it made. */
export type Stage<Result> = AsyncGenerator<StageEvent, Result>;

/** How far a stage is. */
export function progressed(state: Collage_State, done: number, total: number, unit: string): StageEvent {
  return { $case: 'stageProgressed', value: { state, doneCount: done, totalCount: total, unit } };
}

/** Something left out, and why. */
export function skipped(reason: string, name: string, detail: string): StageEvent {
  return { $case: 'skipped', value: { reason, name, detail } };
}
