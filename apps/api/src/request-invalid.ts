const SHOWN_CHARACTERS = 200;

/** A field of a request that cannot be used; the message names it, what was expected and what came. */
export class RequestInvalid extends Error {
  override readonly name = 'RequestInvalid';
  readonly reason = 'REQUEST_INVALID';

  /**
   * @param field path within the request, such as `options.keyphrases[2].weight`
   * @param expected what would have been right, such as "a number"
   * @param received what was there
   */
  constructor(
    readonly field: string,
    expected: string,
    received: unknown,
  ) {
    super(`Expected ${expected} for ${field} but received ${shown(received)}`);
  }
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'none';
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
