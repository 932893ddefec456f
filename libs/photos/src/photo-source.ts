import type { Keyphrase } from '@collage/proto/collage/v1/collage.js';
import type { Photo } from '@collage/proto/collage/v1/photo.js';
import type { LicenseWishes } from '@collage/licensing/compatibility.js';

/** What to look for. */
export interface PhotoQuery {
  /** What the photos should show; their `queries` and weights are used. Empty: anything. */
  keyphrases: readonly Keyphrase[];
  /** Photos wanted at most, at least 1. */
  limit: number;
  /** Licenses that will do; photos under others are skipped, if possible before they are fetched. */
  licenses: LicenseWishes;
}

/** A photo that may be used; its bytes are fetched when asked for, and checked against its digest. */
export interface FoundPhoto {
  kind: 'photo';
  photo: Photo;
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
}

/** How far a source is with something that takes long, such as its first download. */
export interface SourceProgress {
  kind: 'progress';
  done: number;
  total: number;
  /** What is counted, such as "starter packages". */
  unit: string;
}

export type PhotoFinding = FoundPhoto | SkippedPhoto | SourceProgress;

/**
 * Somewhere photos come from. Findings come in the source's order, best first, the same for the same query.
 * A source reports whatever it can go on without as skipped, and throws only when the request itself is
 * wrong (a folder that is not there) or the signal aborts.
 */
export interface PhotoSource {
  /** Short and stable, such as "folder"; stored as `Photo.source`. */
  readonly name: string;
  find(query: PhotoQuery, signal?: AbortSignal): AsyncIterable<PhotoFinding>;
}

/** A finding that says what was left out. */
export function skipped(reason: string, name: string, detail: string): SkippedPhoto {
  return { kind: 'skipped', reason, name, detail };
}
