import type { Keyphrase } from '@collage/proto/collage/v1/collage.js';
import type { Photo } from '@collage/proto/collage/v1/photo.js';
import type { LicenseWishes } from '@collage/licensing/compatibility.js';
import type { DownloadsOnce } from './downloads-once.js';
import type { Timer } from './in-time.js';

/** What to look for. */
export interface PhotoQuery {
  /** What the photos should show; their `queries` and weights are used. Empty: anything. */
  keyphrases: readonly Keyphrase[];
  /** Photos wanted of each source at most, at least 1. */
  limit: number;
  /** Licenses that will do; photos under others are skipped, if possible before they are fetched. */
  licenses: LicenseWishes;
  /**
   * Photos of one author at most, hand-picked ones aside; absent: any number. Those beyond are skipped, if possible
   * before they are fetched.
   */
  photosPerAuthor?: number;
  /** Downloads of this search, for sources that know the SHA-1 of an original before they have it. */
  downloads?: DownloadsOnce;
}

/** A photo that may be used; its bytes are fetched when asked for, and checked against its digest. */
export interface FoundPhoto {
  kind: 'photo';
  photo: Photo;
  /** SHA-1 of the original, lower-case hex, where the source states it: the photo itself may be scaled. */
  sha1?: string;
  bytes: () => Promise<Buffer>;
}

/** Something left out: missing is normal, but never silent. */
export interface SkippedPhoto {
  kind: 'skipped';
  /** UPPER_SNAKE, such as "NO_LICENSE". */
  reason: string;
  /** What was left out, such as a file name. */
  name: string;
  /** One sentence for people. */
  detail: string;
  /** Not a photo but the source as a whole, or what of it was still to come. */
  isSource?: true;
}

/** How far a source is with something that takes long, such as its first download. */
export interface SourceProgress {
  kind: 'progress';
  done: number;
  total: number;
  /** What is counted, such as "starter packages". */
  unit: string;
}

/** A photo that was found, and is wanted with more pixels. */
export interface LargerWish {
  photo: Photo;
  /** Pixels wanted; where there are fewer, as many as there are. */
  width: number;
}

/** How long a source may take for each larger version; those that take longer are skipped (LARGER_TIMED_OUT). */
export interface LargerLimit {
  /** Seconds for one photo, from when it is asked for. */
  photoSeconds: number;
  clock: Timer;
}

/** The same picture with more pixels; whether it is the same is for the receiver to see. */
export interface LargerPhoto {
  kind: 'larger';
  /** The photo as it was found. */
  photo: Photo;
  /** SHA-256 of the larger one's bytes. */
  digest: string;
  /** Pixels, as displayed. */
  width: number;
  bytes: () => Promise<Buffer>;
}

/** A photo of which there is no larger version: it is as large as it gets. */
export interface LargestPhoto {
  kind: 'largest';
  photo: Photo;
}

export type PhotoFinding = FoundPhoto | SkippedPhoto | SourceProgress;

/**
 * Somewhere photos come from. Findings come in the source's order, best first, the same for the same query.
 * A source reports whatever it can go on without as skipped. It throws a PhotoRequestError where the request itself
 * is wrong (a folder that is not there), and the signal's reason once that aborts. Where it fails as a whole it may
 * report that ({@link sourceFailed}) or throw an error with a `reason`: a search then goes on with the others.
 */
export interface PhotoSource {
  /** Short and stable, such as "folder"; stored as `Photo.source`. */
  readonly name: string;
  /**
   * A person put its photos together, as in a folder of their own: all of them are wanted, whoever took them, and they
   * are waited for however long it takes.
   */
  readonly isHandPicked?: boolean;
  find(query: PhotoQuery, signal?: AbortSignal): AsyncIterable<PhotoFinding>;
  /**
   * Larger versions of photos that it found, in any order; where a photo is as large as it gets, that. What can't be had
   * is skipped (LARGER_UNAVAILABLE), and named by the photo's `sourceId`. Each wish has one answer.
   * @param limit absent: none but the fetcher's own
   */
  larger?(
    wishes: readonly LargerWish[],
    signal?: AbortSignal,
    limit?: LargerLimit,
  ): AsyncIterable<LargerPhoto | LargestPhoto | SkippedPhoto>;
}

/** A finding that says what was left out. */
export function skipped(reason: string, name: string, detail: string): SkippedPhoto {
  return { kind: 'skipped', reason, name, detail };
}

/** A finding that says that the source can't go on; what it found until then counts. */
export function sourceFailed(reason: string, source: string, detail: string): SkippedPhoto {
  return { ...skipped(reason, source, detail), isSource: true };
}
