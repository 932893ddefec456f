import { describe, expect, it } from 'vitest';
import { normalizeWeights } from './normalize-weights.js';

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);

describe('normalizeWeights', () => {
  it('sums to exactly 1 for up to a hundred equal weights', () => {
    for (let count = 1; count <= 100; count++) {
      expect(sum(normalizeWeights(Array<number>(count).fill(1)))).toBe(1);
    }
  });

  it('sums to exactly 1, stays above 0 and keeps the order for uneven weights', () => {
    for (let seed = 1; seed < 500; seed++) {
      const proportions = Array.from(
        { length: 1 + (seed % 9) },
        (_, index) => Math.abs(Math.sin(seed * 7 + index)) + 1e-6,
      );
      const weights = normalizeWeights(proportions);
      expect(sum(weights)).toBe(1);
      expect(Math.min(...weights)).toBeGreaterThan(0);
      expect(weights[0]! / weights.at(-1)!).toBeCloseTo(proportions[0]! / proportions.at(-1)!, 6);
    }
  });

  it.each([[[1e308, 1e308]], [[1e-300, 1]], [[Number.MIN_VALUE, 1e308]], [[5]]])(
    'stands extreme weights: %j',
    (proportions) => {
      const weights = normalizeWeights(proportions);
      expect(sum(weights)).toBe(1);
      expect(Math.min(...weights)).toBeGreaterThan(0);
    },
  );
});
