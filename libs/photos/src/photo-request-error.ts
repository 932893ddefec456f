/**
 * What was asked of a photo source can't be: a folder that is not there, say. It ends a search, where a source that
 * merely fails is left out.
 */
export abstract class PhotoRequestError extends Error {
  /** UPPER_SNAKE, such as "FOLDER_MISSING". */
  abstract readonly reason: string;
}
