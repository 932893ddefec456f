export type FetchErrorReason =
  | 'ADDRESS_INVALID'
  | 'PRIVATE_ADDRESS'
  | 'TOO_LARGE'
  | 'TIMED_OUT'
  | 'THROTTLED'
  | 'NOT_FOUND'
  | 'HTTP_STATUS'
  | 'NOT_A_PHOTO'
  | 'UNREACHABLE'
  | 'OFFLINE'
  | 'TOO_MANY_REDIRECTS';

/** Something that could not be fetched; the message is a sentence for people. */
export class FetchError extends Error {
  override readonly name = 'FetchError';
  readonly status?: number;
  readonly retryAfterSeconds?: number;

  constructor(
    readonly reason: FetchErrorReason,
    readonly address: string,
    detail: string,
    more: { status?: number; retryAfterSeconds?: number } = {},
  ) {
    super(detail);
    this.status = more.status;
    this.retryAfterSeconds = more.retryAfterSeconds;
  }
}
