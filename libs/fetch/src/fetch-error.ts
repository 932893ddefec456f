/** Why nothing usable was fetched. */
export type FetchReason =
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

/** What more is known of a failure. */
export interface FetchErrorDetail extends ErrorOptions {
  /** HTTP status, where there was one. */
  status?: number;
  /** How long the host wants to be left alone. */
  retryAfterSeconds?: number;
}

/** An address from which nothing usable came; the message is a sentence for people and names the address. */
export class FetchError extends Error {
  override readonly name = 'FetchError';
  /** Something came from the web, be it from another host, while this was tried: our own network is not away. */
  isOnline = false;
  readonly status?: number;
  readonly retryAfterSeconds?: number;

  constructor(
    readonly reason: FetchReason,
    /** The address that failed: the one asked for, or one that it redirected to. */
    readonly address: string,
    /** What happened, as the rest of a sentence that begins with the address. */
    readonly problem: string,
    { status, retryAfterSeconds, ...options }: FetchErrorDetail = {},
  ) {
    super(`${shortened(address)} ${problem}`, options);
    if (status !== undefined) this.status = status;
    if (retryAfterSeconds !== undefined) this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Search addresses run to thousands of characters; their beginning tells enough. */
function shortened(address: string): string {
  return address.length > 200 ? `${address.slice(0, 200)}…` : address;
}
