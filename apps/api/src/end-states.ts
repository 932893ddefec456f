import { Collage_State as State } from '@collage/proto/collage/v1/collage.js';

/** Whether nothing more happens to a collage in this state. */
export function isEndState(state: State): boolean {
  return state === State.SUCCEEDED || state === State.FAILED || state === State.CANCELLED;
}
