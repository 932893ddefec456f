import type { FetchedPhoto, FetchedText } from './fetcher.js';
import type { FetchReason } from './fetch-error.js';

/** That an address has nothing for us: kept, so that it isn't asked again the same day or hour. */
export interface KeptRefusal {
  kind: 'refusal';
  /** Milliseconds since 1970. */
  fetchedAt: number;
  reason: FetchReason;
  status?: number;
  address: string;
  /** The message without the address that it begins with. */
  problem: string;
  /** The limit it was refused under. */
  maxBytes: number;
  /** It is good for the shorter while only. */
  isShort?: true;
}

/** An answer to a search. */
export interface KeptText extends Omit<FetchedText, 'fromCache'> {
  kind: 'text';
  /** When it came or was last confirmed; milliseconds since 1970. */
  fetchedAt: number;
}

/** Where the bytes of a photo are. */
export interface KeptPhoto extends Omit<FetchedPhoto, 'fromCache' | 'bytes'> {
  kind: 'photo';
  /** Milliseconds since 1970; absent where it was kept before this was noted. */
  fetchedAt?: number;
}

/** How large a host said something is. */
export interface KeptSize {
  kind: 'size';
  /** Milliseconds since 1970; absent where it was kept before this was noted. */
  fetchedAt?: number;
  /** Absent: it did not say. */
  bytes?: number;
}

/** The headers worth keeping: what the body is and how to ask whether it has changed. */
export function keptHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'set-cookie'));
}

/** The headers that ask a host whether a text is still the same; none if it gave us nothing to ask by. */
export function conditionalHeaders({ headers }: KeptText): Record<string, string> {
  const { etag, 'last-modified': modified } = headers;
  return {
    ...(etag !== undefined && { 'If-None-Match': etag }),
    ...(modified !== undefined && { 'If-Modified-Since': modified }),
  };
}
