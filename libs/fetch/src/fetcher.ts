/** An answer of text, such as JSON. */
export interface FetchedText {
  status: number;
  headers: Record<string, string>;
  body: string;
  fromCache: boolean;
}

/** A photo that was fetched, checked and kept. */
export interface FetchedPhoto {
  /** SHA-256, lower-case hex, of `bytes()`. */
  digest: string;
  /** SHA-1, lower-case hex, of the bytes as they were sent. */
  sha1: string;
  mediaType: string;
  width: number;
  height: number;
  downloadedBytes: number;
  fromCache: boolean;
  bytes(): Promise<Buffer>;
}

export interface TextRequest {
  maxBytes?: number;
  signal?: AbortSignal;
  /** Seconds to wait before asking again, where an answer that looks well means "too much"; else nothing. */
  throttledFor?: (answer: FetchedText) => number | undefined;
}

/** The one door for outbound HTTP. Both methods throw {@link FetchError}. */
export interface Fetcher {
  text(address: string, request?: TextRequest): Promise<FetchedText>;
  photo(address: string, request?: { maxBytes?: number; signal?: AbortSignal }): Promise<FetchedPhoto>;
}
