import type { Keyphrase } from '@collage/proto/collage/v1/collage.js';
import type { Photo } from '@collage/proto/collage/v1/photo.js';
import { bestOfPhrase } from './best-of-phrase.js';

/**
 * Cuts ranked photos to `count`: the best of each keyphrase whatever its rank (where none serves a phrase best, the one
 * that fits it most), and otherwise those that rank best. With more keyphrases than photos, the best of these.
 * @param ranked best first; the order is kept
 */
export function keepBest(
  ranked: readonly Photo[],
  keyphrases: readonly Keyphrase[],
  count: number,
): { kept: Photo[]; over: Photo[] } {
  const due = new Set(keyphrases.flatMap((_, phrase) => bestOfPhrase(ranked, phrase, 1)));
  const first = ranked.filter((photo) => due.has(photo));
  const rest = ranked.filter((photo) => !due.has(photo));
  const chosen = new Set([...first, ...rest].slice(0, count));
  return {
    kept: ranked.filter((photo) => chosen.has(photo)),
    over: ranked.filter((photo) => !chosen.has(photo)),
  };
}
