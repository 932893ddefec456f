import { PhotoRequestError } from '../../photo-request-error.js';

/** A folder that can't be a photo source at all; the message names it and says what was expected. */
export class FolderError extends PhotoRequestError {
  constructor(
    override readonly reason:
      'FOLDER_MISSING' | 'NOT_A_FOLDER' | 'FOLDER_UNREADABLE' | 'FOLDER_WITHOUT_PHOTOS',
    readonly folder: string,
    detail: string,
  ) {
    super(`Expected a folder with photos but received "${folder}": ${detail}`);
    this.name = 'FolderError';
  }
}
