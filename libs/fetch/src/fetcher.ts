/** A text that was fetched, or was kept from an earlier time. */
export interface FetchedText {
  /** 200 to 299; every other status is a `FetchError`. */
  status: number;
  /** Names in lower case; several values of one name are joined by ", ". */
  headers: Record<string, string>;
  /** Decoded as UTF-8. */
  body: string;
  /** Whether the body came from the disk: no request was made, or the host said that nothing has changed. */
  fromCache: boolean;
}

/** A photo that was fetched, found to be a whole still photo, re-encoded and stored. */
export interface FetchedPhoto {
  /** SHA-256 of the stored, re-encoded bytes. */
  digest: string;
  /** SHA-1 of what was received, 40 lower-case hexadecimal digits; what Commons calls `sha1`. */
  sha1: string;
  /** Of the stored bytes: "image/jpeg", or "image/png" where parts are transparent. */
  mediaType: string;
  /** Pixels, as displayed. */
  width: number;
  /** Pixels, as displayed. */
  height: number;
  /** EXIF orientation, 1 to 8, that was applied; 1: there was none to apply. Absent where it was kept before this was noted. */
  orientation?: number;
  /** Size of what was received when it was downloaded, be that now or earlier. */
  downloadedBytes: number;
  fromCache: boolean;
  /** The stored bytes, checked against the digest; throws a BlobMissingError if they are gone since. */
  bytes(): Promise<Buffer>;
}

export interface TextRequest {
  /** Most bytes of the body, decompressed; the fetcher's own limit if absent. */
  maxBytes?: number;
  signal?: AbortSignal;
  /**
   * Looks at an answer before it counts: a number is "throttled, ask again after so many seconds" (e.g.
   * MediaWiki maxlag, HTML instead of JSON). Answers from the cache were looked at when they came.
   */
  throttledFor?: (answer: FetchedText) => number | undefined;
  /**
   * Whether an answer is one: any other is given, but not kept, so that it is asked for again (e.g. an error that came
   * with status 200). Absent: all are.
   */
  isGood?: (answer: FetchedText) => boolean;
}

export interface PhotoRequest {
  /** Most bytes of the photo as received; the fetcher's own limit if absent. */
  maxBytes?: number;
  /** The orientation has to be known: a photo that was kept before it was noted is fetched again. */
  needsOrientation?: boolean;
  /** Bytes that it should have as received, where that is known: one of another size is kept for a day only. */
  expectedBytes?: number;
  signal?: AbortSignal;
}

export interface SizeRequest {
  /** What it should be, where that is known: another one, or none, is kept for a day only. */
  expectedBytes?: number;
  signal?: AbortSignal;
}

/**
 * The one door for outbound HTTP. All methods throw a `FetchError` whose `reason` says what happened, or
 * the signal's reason once it aborts.
 */
export interface Fetcher {
  text(address: string, request?: TextRequest): Promise<FetchedText>;
  photo(address: string, request?: PhotoRequest): Promise<FetchedPhoto>;
  /**
   * Bytes that a host announces for an address, or for where that redirects to, without sending them (HEAD); kept for
   * good, as photos are, unless it announces none or others than expected: that may be a portal in between, or a mood.
   * Undefined where it announces none.
   */
  size(address: string, request?: SizeRequest): Promise<number | undefined>;
}
