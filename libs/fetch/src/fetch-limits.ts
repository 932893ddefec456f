import type { Patience } from './patience.js';
import type { PolitenessLimits } from './politeness.js';

/** Every bound of the fetcher. */
export interface FetchLimits extends PolitenessLimits, Patience {
  /** Most bytes of a text, as received and decompressed, where a request names no limit. */
  maxTextBytes: number;
  /** Most bytes of a photo as received, where a request names no limit. */
  maxPhotoBytes: number;
  /** Redirects followed. */
  maxRedirects: number;
  /** Longest silence of a host. */
  idleMilliseconds: number;
  /** Longest time of one request with its body. */
  tryMilliseconds: number;
  /** Photos of one host in memory at a time, downloading and being prepared together. */
  photosPerHost: number;
  /** How long texts, and refusals that last, are good without asking again. */
  freshMilliseconds: number;
  /** How long failures of photos that may pass are remembered (`remembered-failures.ts`). */
  failureMilliseconds: number;
}

/** Those we run with. At worst, redirects aside, it takes four tries of a minute and two minutes of waits. */
export const DEFAULT_LIMITS: Readonly<FetchLimits> = {
  maxTextBytes: 8 * 1024 * 1024,
  maxPhotoBytes: 64 * 1024 * 1024,
  maxRedirects: 5,
  maxTries: 4,
  waitMilliseconds: 120_000,
  idleMilliseconds: 15_000,
  tryMilliseconds: 60_000,
  inFlightPerHost: 2,
  intervalMilliseconds: 100,
  // Four are decoded at a time (libuv's threads); the others wait for the network or the disk meanwhile.
  photosPerHost: 8,
  freshMilliseconds: 24 * 60 * 60 * 1000,
  failureMilliseconds: 60 * 60 * 1000,
};
