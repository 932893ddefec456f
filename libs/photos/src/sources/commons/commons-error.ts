/** The wiki's API refused a request; the code is MediaWiki's own, such as "badvalue". */
export class CommonsError extends Error {
  override readonly name = 'CommonsError';
  readonly reason = 'COMMONS_ERROR';

  constructor(
    readonly code: string,
    info: string,
  ) {
    super(`Expected an answer from Wikimedia Commons but received the error "${code}": ${info}`);
  }
}
