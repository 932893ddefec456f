import { eachInTime, TookTooLongError } from '@collage/photos/in-time.js';
import { differenceHash, hammingDistance, NEAR_DUPLICATE_DISTANCE } from '@collage/photos/near-duplicates.js';
import type { LargerPhoto, LargestPhoto, SkippedPhoto } from '@collage/photos/photo-source.js';
import { readPhoto } from '@collage/photos/read-photo.js';
import type { Photo } from '@collage/proto/collage/v1/photo.js';
import type { CollageTools } from './collage-tools.js';
import { DEFAULT_LARGER_PATIENCE } from './larger-patience.js';
import { unreadable } from './read-pictures.js';
import { skipped, type StageEvent } from './stage-event.js';
import type { WantedLarger } from './wanted-larger.js';

/** Sides of one picture at two sizes are rounded to whole pixels; more than that is another picture, or a part of it. */
const ASPECT_TOLERANCE = 0.01;

type LargerTools = Pick<CollageTools, 'sources' | 'blobs' | 'largerPatience'>;

/** A larger version of a photo, found to be the same picture, in the blob store. */
export interface LargerVersion {
  wanted: WantedLarger;
  digest: string;
}

/**
 * The larger versions of photos that are to be had: the photo itself where it has more pixels than were cut, or else
 * what its source offers. Those that are not the same picture (LARGER_DIFFERS), can't be had (LARGER_UNAVAILABLE) or take
 * too long (LARGER_TIMED_OUT) are skipped: the smaller one does.
 * @returns in the order of `wanted`
 */
export async function* largerVersions(
  wanted: readonly WantedLarger[],
  { sources, blobs, largerPatience = DEFAULT_LARGER_PATIENCE }: LargerTools,
  signal?: AbortSignal,
): AsyncGenerator<StageEvent, LargerVersion[]> {
  const { totalSeconds, clock } = largerPatience;
  const end = clock.now() + totalSeconds * 1000;
  const versions = new Map<string, LargerVersion>();
  for (const each of wanted) {
    const { photo, cutFrom } = each;
    if (photo.width > cutFrom.width) versions.set(photo.digest, { wanted: each, digest: photo.digest });
  }
  for (const source of sources) {
    const wishes = wanted.filter(
      ({ photo, width }) =>
        photo.source === source.name && !(versions.has(photo.digest) && photo.width >= width),
    );
    if (wishes.length === 0 || !source.larger) continue;
    const unanswered = new Set(wishes.map(({ photo }) => photo.sourceId));
    const asking = (inner: AbortSignal) => source.larger!(wishes, inner, largerPatience);
    try {
      for await (const finding of eachInTime((end - clock.now()) / 1000, asking, clock, signal)) {
        unanswered.delete(finding.kind === 'skipped' ? finding.name : finding.photo.sourceId);
        const digest = yield* storedLarger(finding, blobs, signal);
        if (finding.kind !== 'larger' || digest === undefined) continue;
        const wish = wishes.find(({ photo }) => photo.digest === finding.photo.digest)!;
        versions.set(finding.photo.digest, { wanted: wish, digest });
      }
    } catch (error) {
      if (!(error instanceof TookTooLongError)) throw error;
      const detail = `the larger photos of a collage may take ${totalSeconds} s in all; the smaller photo does`;
      for (const name of unanswered) yield skipped('LARGER_TIMED_OUT', name, detail);
    }
  }
  return wanted.flatMap(({ photo }) => versions.get(photo.digest) ?? []);
}

/** Stores a larger version that is the same picture, and gives its digest; tells why where there is none. */
async function* storedLarger(
  finding: LargerPhoto | LargestPhoto | SkippedPhoto,
  blobs: CollageTools['blobs'],
  signal?: AbortSignal,
): AsyncGenerator<StageEvent, string | undefined> {
  if (finding.kind === 'skipped') {
    yield skipped(finding.reason, finding.name, finding.detail);
    return undefined;
  }
  if (finding.kind === 'largest') return undefined;
  const { photo } = finding;
  try {
    const bytes = await finding.bytes();
    const difference = await differs(await blobs.get(photo.digest), bytes, photo);
    if (difference === undefined) return await blobs.put(bytes);
    yield skipped('LARGER_DIFFERS', photo.sourceId, difference);
  } catch (error) {
    signal?.throwIfAborted();
    yield skipped('LARGER_UNAVAILABLE', photo.sourceId, unreadable(error).message);
  }
  return undefined;
}

/** In what a larger version is another picture than the photo that was found; nothing where it is the same. */
async function differs(found: Uint8Array, larger: Uint8Array, photo: Photo): Promise<string | undefined> {
  const { width, height } = await readPhoto(larger);
  const stretch = width / height / (photo.width / photo.height);
  if (Math.abs(stretch - 1) > ASPECT_TOLERANCE) {
    return `expected the shape of ${photo.width} x ${photo.height} but received ${width} x ${height}; the smaller photo does`;
  }
  const distance = hammingDistance(await differenceHash(found), await differenceHash(larger));
  return distance > NEAR_DUPLICATE_DISTANCE
    ? 'the larger version shows something else; the smaller photo does'
    : undefined;
}
