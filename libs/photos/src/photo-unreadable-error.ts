/** Why bytes can't be used as a photo. */
export type PhotoUnreadableReason =
  | 'EMPTY_FILE'
  | 'FILE_TOO_LARGE'
  | 'FORMAT_NOT_ALLOWED'
  | 'HEIC_NOT_SUPPORTED'
  | 'ANIMATED'
  | 'TOO_MANY_PIXELS'
  | 'DAMAGED'
  | 'CHANGED';

/** Bytes that can't be used as a photo; the message is a sentence for people. */
export class PhotoUnreadableError extends Error {
  constructor(
    readonly reason: PhotoUnreadableReason,
    message: string,
  ) {
    super(message);
    this.name = 'PhotoUnreadableError';
  }
}
