/** Multiples of this up to 1 are added without rounding, in any order. */
const GRAIN = 2 ** -52;

/**
 * Weights in the given proportions, above 0, whose sum is exactly 1 however it is added up.
 * @param proportions at least one, finite, above 0
 */
export function normalizeWeights(proportions: readonly number[]): number[] {
  // Relative to the largest: a sum of huge numbers would overflow.
  const largest = Math.max(...proportions);
  const scaled = proportions.map((proportion) => proportion / largest);
  const total = sum(scaled);
  const weights = scaled.map((proportion) => Math.max(Math.round(proportion / total / GRAIN), 1) * GRAIN);
  const bearer = proportions.indexOf(largest);
  return weights.map((weight, index) => (index === bearer ? weight + (1 - sum(weights)) : weight));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
