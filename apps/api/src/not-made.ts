import { type Collage, collage_StateToJSON } from '@collage/proto/collage/v1/collage.js';
import { isEndState } from './end-states.js';
import { ProblemError } from './problem.js';

/** The answer to who asks for something that a collage does not have, or not yet. */
export function notMade({ id, state }: Collage, what: string): ProblemError {
  const next = isEndState(state)
    ? 'Ask for a new collage'
    : 'Follow its events, and ask again when it has succeeded';
  return new ProblemError({
    status: 409,
    reason: 'NOT_MADE',
    detail: `Collage ${id} has no ${what}: its state is ${collage_StateToJSON(state)}. ${next}.`,
  });
}
