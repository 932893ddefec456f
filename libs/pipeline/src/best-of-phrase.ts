import type { Photo } from '@collage/proto/collage/v1/photo.js';
import { fit } from './relevance.js';

/**
 * The photos that serve a keyphrase best of all phrases, at most `count`; where none does, the one that fits it most all
 * the same. None only of no photos.
 * @param ranked best first
 * @param phrase index of the keyphrase
 */
export function bestOfPhrase(ranked: readonly Photo[], phrase: number, count: number): Photo[] {
  const own = ranked.filter(({ ranking }) => ranking?.keyphraseIndex === phrase);
  if (own.length > 0) return own.slice(0, count);
  const nearest = mostOf(ranked, ({ ranking }) => fit(ranking, phrase));
  return nearest ? [nearest] : [];
}

function mostOf<T>(candidates: readonly T[], worth: (candidate: T) => number): T | undefined {
  return candidates.reduce<T | undefined>(
    (top, candidate) => (top === undefined || worth(candidate) > worth(top) ? candidate : top),
    undefined,
  );
}
