import { describe, expect, it } from 'vitest';
import { photosPerPhrase } from './photos-per-phrase.js';

const share = (weights: number[], total: number): number[] =>
  photosPerPhrase(
    weights.map((weight) => ({ weight })),
    total,
  );

describe('photosPerPhrase', () => {
  it.each([
    [[0.5, 0.5], 100, [50, 50]],
    [[1 / 3, 1 / 3, 1 / 3], 100, [34, 33, 33]],
    [[0.6, 0.3, 0.1], 10, [6, 3, 1]],
    [[0.55, 0.35, 0.1], 10, [6, 3, 1]],
    // 1 photo each for the light ones, the rest by weight.
    [[0.98, 0.01, 0.01], 10, [8, 1, 1]],
    [[0.25, 0.25, 0.25, 0.25], 2, [1, 1, 1, 1]],
    [[1], 7, [7]],
    [[], 7, []],
  ])('shares by %j out of %i as %j', (weights, total, expected) => {
    expect(share(weights, total)).toEqual(expected);
  });

  it('gives away exactly the total, at least one each, more to more weight', () => {
    for (let seed = 1; seed < 300; seed++) {
      const raw = Array.from(
        { length: 1 + (seed % 8) },
        (_, index) => Math.abs(Math.sin(seed * 3 + index)) + 0.01,
      );
      const weights = raw
        .map((weight) => weight / raw.reduce((sum, one) => sum + one, 0))
        .toSorted((a, b) => b - a);
      const shares = share(weights, 8 + (seed % 93));
      expect(shares.reduce((sum, one) => sum + one, 0)).toBe(8 + (seed % 93));
      expect(Math.min(...shares)).toBeGreaterThanOrEqual(1);
      expect(shares).toEqual(shares.toSorted((a, b) => b - a));
    }
  });

  it.each([0, -1, 1.5, NaN])('refuses a total of %d', (total) => {
    expect(() => share([1], total)).toThrow('a whole number above 0 for total');
  });
});
