import { decode, open } from './read-photo.js';

/**
 * Two photos whose hashes differ in at most this many of 64 bits count as the same picture. Measured on the
 * 384 photos of the development corpus: no two different ones are nearer than 11; half-size copies at JPEG
 * quality 60 are at most 9 away (95 % at most 6), copies that lost a 2 % border at most 12.
 */
export const NEAR_DUPLICATE_DISTANCE = 8;

/**
 * A 64-bit difference hash of a photo: shrunk to 9 x 8 grey pixels, one bit for each pair of neighbors in a
 * row, set where the right one is brighter. Scaling, re-encoding and slight changes of color leave most
 * bits alone. (Neal Krawetz, "Kind of Like That", 2013.)
 * Throws PhotoUnreadableError.
 *
 * Convention: after EXIF orientation, transparency on white; the first bit is the top left pair, the most
 * significant.
 */
export async function differenceHash(bytes: Uint8Array): Promise<bigint> {
  const pixels = await decode(
    open(bytes)
      .autoOrient()
      .flatten({ background: '#fff' })
      .resize(9, 8, { fit: 'fill' })
      .greyscale()
      .toColorspace('b-w')
      .raw(),
  );
  let hash = 0n;
  for (let row = 0; row < 8; row++) {
    for (let column = 0; column < 8; column++) {
      const left = pixels[row * 9 + column]!;
      const right = pixels[row * 9 + column + 1]!;
      hash = (hash << 1n) | (right > left ? 1n : 0n);
    }
  }
  return hash;
}

/** In how many bits two hashes differ, 0 to 64. */
export function hammingDistance(a: bigint, b: bigint): number {
  let difference = a ^ b;
  let count = 0;
  while (difference !== 0n) {
    difference &= difference - 1n;
    count++;
  }
  return count;
}

/**
 * Splits photos, best first, into those to keep and those that look like a better one. Greedy: each is
 * compared with the kept ones before it, so the best of a group always stays.
 */
export function withoutNearDuplicates<T extends { hash: bigint }>(
  ranked: readonly T[],
  maxDistance = NEAR_DUPLICATE_DISTANCE,
): { kept: T[]; dropped: { photo: T; like: T }[] } {
  const kept: T[] = [];
  const dropped: { photo: T; like: T }[] = [];
  for (const photo of ranked) {
    const like = kept.find((better) => hammingDistance(better.hash, photo.hash) <= maxDistance);
    if (like) {
      dropped.push({ photo, like });
    } else {
      kept.push(photo);
    }
  }
  return { kept, dropped };
}
