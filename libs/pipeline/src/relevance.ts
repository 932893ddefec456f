import type { Ranking } from '@collage/proto/collage/v1/photo.js';

/**
 * What fits a keyphrase less than this share of the best does is about something else. Measured on the starter
 * photos: for "astronaut" the astronaut has 0.42, a windmill 0.27 and a bee 0.23; for "cat" three cats have 0.93 to 1.12.
 */
const LEAST_SHARE = 0.65;

/** How well something fits the keyphrase it serves best. */
export function relevance(ranking: Ranking | undefined): number {
  return fit(ranking, ranking?.keyphraseIndex ?? 0);
}

/** How well something fits the keyphrase of this index: cosine of the picture plus that of its source's words. */
export function fit(ranking: Ranking | undefined, phrase: number): number {
  return (ranking?.keyphraseSimilarities[phrase] ?? 0) + (ranking?.textSimilarities[phrase] ?? 0);
}

/**
 * Leaves out what fits its keyphrase far worse than the best does. Not by standardized scores: those are relative, and
 * in a folder of penguins only, half of the penguins lie below the mean.
 * @param least so many of the best scores are kept in any case
 */
export function relevantOnly<T>(
  candidates: T[],
  rankingOf: (candidate: T) => Ranking | undefined,
  least: number,
): T[] {
  const best = new Map<number, number>();
  for (const candidate of candidates) {
    const phrase = rankingOf(candidate)?.keyphraseIndex ?? 0;
    best.set(phrase, Math.max(best.get(phrase) ?? -Infinity, relevance(rankingOf(candidate))));
  }
  const ranked = [...candidates].sort((a, b) => (rankingOf(b)?.score ?? 0) - (rankingOf(a)?.score ?? 0));
  const always = new Set(ranked.slice(0, least));
  return candidates.filter((candidate) => {
    const ranking = rankingOf(candidate);
    return (
      always.has(candidate) || relevance(ranking) >= LEAST_SHARE * best.get(ranking?.keyphraseIndex ?? 0)!
    );
  });
}
