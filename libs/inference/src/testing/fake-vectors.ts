import { createHash } from 'node:crypto';
import { seededRandom } from '@collage/scene/seeded-random.js';
import sharp from 'sharp';

/** Width of the fake perceptor's vectors. */
export const fakeDimensionCount = 64;

/**
 * The words the fake perceptor can see in a photo.
 *
 * Convention: non-linear sRGB, 0 to 255.
 */
const colorWords = {
  red: [220, 40, 40],
  orange: [240, 140, 30],
  yellow: [240, 220, 60],
  green: [50, 150, 60],
  blue: [50, 90, 210],
  purple: [130, 60, 170],
  pink: [240, 150, 190],
  brown: [120, 75, 40],
  black: [15, 15, 15],
  gray: [128, 128, 128],
  white: [245, 245, 245],
} as const satisfies Record<string, readonly [number, number, number]>;

/** A color the fake perceptor has a word for. */
export type ColorWord = keyof typeof colorWords;

/**
 * The vector of a text: the mean of its words' vectors, of length 1. Texts that share words are similar,
 * others nearly orthogonal.
 */
export function fakeTextVector(text: string): Float32Array {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [text];
  return normalized(words.map((word) => ({ weight: 1, vector: noise(`word ${word}`) })));
}

/**
 * The vector of a photo, of length 1: the words of its colors by their share of the picture, and noise of its
 * own. So the text "red" finds red photos.
 *
 * @throws if the bytes are no picture
 */
export async function fakePhotoVector(picture: Uint8Array): Promise<Float32Array> {
  const own = noise(`photo ${createHash('sha256').update(picture).digest('hex')}`);
  const colors = await colorShares(picture);
  return normalized([
    { weight: 0.4, vector: own },
    ...colors.map(({ word, share }) => ({ weight: share, vector: noise(`word ${word}`) })),
  ]);
}

/** The colors of a picture by name, most of it first. */
export async function colorShares(picture: Uint8Array): Promise<Array<{ word: ColorWord; share: number }>> {
  const { data } = await sharp(picture)
    .flatten({ background: 'white' })
    .toColorspace('srgb')
    .resize(16, 16, { fit: 'fill' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const counts = new Map<ColorWord, number>();
  for (let at = 0; at < data.length; at += 3) {
    const word = nearestColorWord(data[at]!, data[at + 1]!, data[at + 2]!);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts]
    .map(([word, count]) => ({ word, share: count / (data.length / 3) }))
    .sort((a, b) => b.share - a.share || a.word.localeCompare(b.word));
}

function nearestColorWord(red: number, green: number, blue: number): ColorWord {
  const distances = Object.entries(colorWords).map(([word, [r, g, b]]) => ({
    word: word as ColorWord,
    distance: (red - r) ** 2 + (green - g) ** 2 + (blue - b) ** 2,
  }));
  return distances.reduce((best, next) => (next.distance < best.distance ? next : best)).word;
}

/** A vector of length 1 that depends on the name only. */
function noise(name: string): Float32Array {
  const random = seededRandom(0, name);
  return normalized([
    { weight: 1, vector: Float32Array.from({ length: fakeDimensionCount }, () => random() - 0.5) },
  ]);
}

function normalized(parts: Array<{ weight: number; vector: Float32Array }>): Float32Array {
  const sum = new Float64Array(fakeDimensionCount);
  for (const { weight, vector } of parts) vector.forEach((value, index) => (sum[index]! += weight * value));
  const length = Math.hypot(...sum);
  return Float32Array.from(sum, (value) => value / length);
}
