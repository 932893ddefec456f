/** Why OpenImages' files can't be imported or searched, for programs; the message is for people. */
export type OpenImagesReason =
  | 'FILE_MISSING'
  | 'FILE_NOT_LOCAL'
  | 'FILE_UNKNOWN'
  | 'FILE_MALFORMED'
  | 'FILE_CHANGED'
  | 'IMPORT_BUSY'
  | 'DATABASE_LOST'
  | 'NOTHING_IMPORTED'
  | 'NOTHING_EMBEDDED';

/** OpenImages can't be used as asked; the message says why and what to do next. */
export class OpenImagesError extends Error {
  override readonly name = 'OpenImagesError';

  constructor(
    readonly reason: OpenImagesReason,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
