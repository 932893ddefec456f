/** The bytes given for a cut-out are no picture. */
export class CutoutUnreadableError extends Error {
  override readonly name = 'CutoutUnreadableError';
  readonly reason = 'CUTOUT_UNREADABLE';

  constructor(cause: Error) {
    super(`Expected a PNG or WebP for a cut-out but received something else: ${cause.message}`, { cause });
  }
}
