import { differenceHash, hammingDistance, NEAR_DUPLICATE_DISTANCE } from '@collage/photos/near-duplicates.js';
import { readPhoto } from '@collage/photos/read-photo.js';
import type { Photo } from '@collage/proto/collage/v1/photo.js';
import type { CollageTools } from './collage-tools.js';
import { unreadable } from './read-pictures.js';
import { skipped, type StageEvent } from './stage-event.js';
import type { WantedLarger } from './wanted-larger.js';

/** Sides of one picture at two sizes are rounded to whole pixels; more than that is another picture, or a part of it. */
const ASPECT_TOLERANCE = 0.01;

/** A larger version of a photo, found to be the same picture, in the blob store. */
export interface LargerVersion {
  wanted: WantedLarger;
  digest: string;
}

/**
 * The larger versions of photos that are to be had: the photo itself where it has more pixels than were cut, or else
 * what its source offers. Those that are not the same picture (LARGER_DIFFERS) or can't be had are skipped: the smaller
 * one does.
 * @returns in the order of `wanted`
 */
export async function* largerVersions(
  wanted: readonly WantedLarger[],
  { sources, blobs }: Pick<CollageTools, 'sources' | 'blobs'>,
  signal?: AbortSignal,
): AsyncGenerator<StageEvent, LargerVersion[]> {
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
    for await (const finding of source.larger(wishes, signal)) {
      if (finding.kind === 'skipped') {
        yield skipped(finding.reason, finding.name, finding.detail);
        continue;
      }
      const { photo } = finding;
      try {
        const bytes = await finding.bytes();
        const difference = await differs(await blobs.get(photo.digest), bytes, photo);
        if (difference) {
          yield skipped('LARGER_DIFFERS', photo.sourceId, difference);
          continue;
        }
        const digest = await blobs.put(bytes);
        versions.set(photo.digest, {
          wanted: wishes.find((wish) => wish.photo.digest === photo.digest)!,
          digest,
        });
      } catch (error) {
        signal?.throwIfAborted();
        yield skipped('LARGER_UNAVAILABLE', photo.sourceId, unreadable(error).message);
      }
    }
  }
  return wanted.flatMap(({ photo }) => versions.get(photo.digest) ?? []);
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
