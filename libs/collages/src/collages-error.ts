/** What went wrong with a stored collage, for programs; the message is for people. */
export type CollagesErrorReason =
  /** No such collage, or another owner's. */
  | 'COLLAGE_UNKNOWN'
  /** It has ended: nothing more happens to it. */
  | 'COLLAGE_ENDED'
  /** Another worker took it up; this one is to stop. */
  | 'COLLAGE_TAKEN_OVER'
  /** The same idempotency key with another request. */
  | 'IDEMPOTENCY_KEY_REUSED'
  /** The owner has as many that wait or are being made as may be. */
  | 'TOO_MANY_UNFINISHED'
  /** The owner has as many uploaded photos as may be. */
  | 'TOO_MANY_PHOTOS'
  /** The collage to go on from has not got as far, or what it left has been cleared away. */
  | 'STAGE_NOT_KEPT';

/** A collage cannot be used as asked; the message says why and what to do next. */
export class CollagesError extends Error {
  override readonly name = 'CollagesError';

  constructor(
    readonly reason: CollagesErrorReason,
    message: string,
  ) {
    super(message);
  }
}

/** The refusal of an id that names no collage of this owner. */
export function unknownCollage(id: string): CollagesError {
  return new CollagesError(
    'COLLAGE_UNKNOWN',
    `There is no collage ${JSON.stringify(id.slice(0, 80))}. List your collages for those there are.`,
  );
}
