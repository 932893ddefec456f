import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import {
  differenceHash,
  hammingDistance,
  NEAR_DUPLICATE_DISTANCE,
  withoutNearDuplicates,
} from './near-duplicates.js';
import { picture } from './testing/pictures.js';

/** A row of grey values, repeated downwards. */
async function rows(values: number[]): Promise<Buffer> {
  const pixels = Buffer.from(Array.from({ length: 8 }, () => values).flat());
  return sharp(pixels, { raw: { width: values.length, height: 8, channels: 1 } })
    .png()
    .toBuffer();
}

describe('differenceHash', () => {
  it('has a bit for each brighter right neighbor, the first the most significant', async () => {
    expect(await differenceHash(await rows([0, 30, 60, 90, 120, 150, 180, 210, 240]))).toBe(
      0xffff_ffff_ffff_ffffn,
    );
    expect(await differenceHash(await rows([240, 210, 180, 150, 120, 90, 60, 30, 0]))).toBe(0n);
    // Brighter, then darker seven times: 1000 0000 a row.
    expect(await differenceHash(await rows([100, 240, 210, 180, 150, 120, 90, 60, 30]))).toBe(
      0x8080_8080_8080_8080n,
    );
  });

  it('knows a copy that was scaled, turned by EXIF, or encoded otherwise', async () => {
    const original = await picture(1, { width: 800, height: 600 });
    const hash = await differenceHash(original);
    const turned = await sharp(original).rotate(-90).jpeg().withMetadata({ orientation: 6 }).toBuffer();
    const copies = [
      await sharp(original).resize(300).jpeg({ quality: 50 }).toBuffer(),
      await sharp(original).webp({ quality: 60 }).toBuffer(),
      turned,
    ];
    for (const copy of copies) {
      expect(hammingDistance(hash, await differenceHash(copy))).toBeLessThanOrEqual(NEAR_DUPLICATE_DISTANCE);
    }
  });

  it('tells different pictures apart', async () => {
    const hashes = await Promise.all(
      Array.from({ length: 12 }, async (_, i) => differenceHash(await picture(i))),
    );
    const distances = hashes.flatMap((a, i) => hashes.slice(i + 1).map((b) => hammingDistance(a, b)));
    expect(Math.min(...distances)).toBeGreaterThan(NEAR_DUPLICATE_DISTANCE);
  });
});

describe('hammingDistance', () => {
  it('counts bits', () => {
    expect(hammingDistance(0n, 0n)).toBe(0);
    expect(hammingDistance(0b1011n, 0b0001n)).toBe(2);
    expect(hammingDistance(0n, 0xffff_ffff_ffff_ffffn)).toBe(64);
  });
});

describe('withoutNearDuplicates', () => {
  const photo = (name: string, hash: bigint) => ({ name, hash });

  it('keeps the best of those that look alike and says which it was', () => {
    const best = photo('best', 0n);
    const like = photo('like', 0b11n);
    const other = photo('other', 0xffff_0000n);
    const { kept, dropped } = withoutNearDuplicates([best, like, other]);
    expect(kept).toEqual([best, other]);
    expect(dropped).toEqual([{ photo: like, like: best }]);
  });

  it('compares with kept photos only, so that likeness does not spread', () => {
    // a ~ b and b ~ c, but not a ~ c: c stays, since b is gone.
    const [a, b, c] = [photo('a', 0n), photo('b', 0x3fn), photo('c', 0xfffn)];
    expect(withoutNearDuplicates([a, b, c], 6).kept).toEqual([a, c]);
  });

  it('keeps everything at a distance of one more than allowed', () => {
    const photos = [photo('a', 0n), photo('b', 0b111n)];
    expect(withoutNearDuplicates(photos, 2).kept).toEqual(photos);
    expect(withoutNearDuplicates(photos, 3).kept).toHaveLength(1);
    expect(withoutNearDuplicates([]).kept).toEqual([]);
  });
});
