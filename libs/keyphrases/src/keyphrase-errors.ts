/** Longest prompt, in characters (Unicode code points): the limit of the sidecar's texts too. */
export const MAX_PROMPT_CHARACTERS = 1000;

/** What was asked of the extractor makes no sense; the field says which part of it. */
export class KeyphraseOptionsError extends Error {
  override readonly name: string = 'KeyphraseOptionsError';
  constructor(
    readonly field: string,
    readonly expected: string,
    readonly received: string,
  ) {
    super(`Expected ${expected} for ${field} but received ${received}.`);
  }
}

/** A prompt is longer than anything a person would type. */
export class PromptTooLongError extends KeyphraseOptionsError {
  override readonly name = 'PromptTooLongError';
  constructor(
    field: string,
    readonly length: number,
  ) {
    super(field, `at most ${MAX_PROMPT_CHARACTERS} characters`, `${length}`);
  }
}
