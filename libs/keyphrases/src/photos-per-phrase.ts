import type { Keyphrase } from '@collage/proto/collage/v1/collage.js';
import { KeyphraseOptionsError } from './keyphrase-errors.js';

/**
 * Shares a number of photos out among keyphrases by weight: largest remainder, at least one each, so the sum
 * is above `total` only where there are more keyphrases than photos. Ties go to the earlier keyphrase.
 * @param total photos in all, a whole number above 0
 */
export function photosPerPhrase(keyphrases: readonly Pick<Keyphrase, 'weight'>[], total: number): number[] {
  if (!Number.isInteger(total) || total < 1) {
    throw new KeyphraseOptionsError('total', 'a whole number above 0', String(total));
  }
  const weights = keyphrases.map(({ weight }) => weight);
  const wanting = new Set(weights.keys());
  const shares = weights.map(() => 1);
  // Those whose weight is not worth one photo get one; the others share the rest.
  for (;;) {
    const rest = total - (weights.length - wanting.size);
    const restWeight = [...wanting].reduce((sum, index) => sum + (weights[index] ?? 0), 0);
    const exact = (index: number): number => (rest * (weights[index] ?? 0)) / restWeight;
    const small = [...wanting].filter((index) => exact(index) < 1);
    small.forEach((index) => wanting.delete(index));
    if (small.length === 0) {
      return withLargestRemainders(shares, [...wanting], exact, rest);
    }
  }
}

function withLargestRemainders(
  shares: number[],
  wanting: number[],
  exact: (index: number) => number,
  total: number,
): number[] {
  // 0.1 + 0.2: a share that is whole but for rounding counts as whole.
  const whole = (index: number): number => Math.floor(exact(index) + 1e-9);
  wanting.forEach((index) => (shares[index] = whole(index)));
  const left = total - wanting.reduce((sum, index) => sum + whole(index), 0);
  wanting
    .toSorted((a, b) => exact(b) - whole(b) - (exact(a) - whole(a)) || a - b)
    .slice(0, Math.max(left, 0))
    .forEach((index) => (shares[index] = whole(index) + 1));
  return shares;
}
