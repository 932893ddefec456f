/** A collage that cannot be made; `message` says what happened and what to try, `reason` is UPPER_SNAKE. */
export class CollageError extends Error {
  override readonly name: string = 'CollageError';
  constructor(
    readonly reason: string,
    message: string,
  ) {
    super(message);
  }
}

export class EmptyPromptError extends CollageError {
  override readonly name = 'EmptyPromptError';
  constructor(prompt: string) {
    super(
      'PROMPT_EMPTY',
      `Expected a prompt that names something to photograph, such as "a cat on a beach", but received ${JSON.stringify(prompt.slice(0, 80))}`,
    );
  }
}

export class NoPhotosFoundError extends CollageError {
  override readonly name = 'NoPhotosFoundError';
  constructor(keyphrases: string[], skippedCount: number) {
    super(
      'NO_PHOTOS_FOUND',
      `No photos found for ${keyphrases.map((text) => `"${text}"`).join(', ')}` +
        (skippedCount > 0 ? ` (${skippedCount} were left out; see the skipped list)` : '') +
        ': try other words, or name a folder of your own with --photos',
    );
  }
}

export class NoCutoutsFoundError extends CollageError {
  override readonly name = 'NoCutoutsFoundError';
  constructor(photoCount: number) {
    super(
      'NO_CUTOUTS_FOUND',
      `No cut-outs found: nothing stood out in ${photoCount} photos; try photos with a clear subject, more photos, or other words`,
    );
  }
}
