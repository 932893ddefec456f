import type { ModelVector } from '@collage/inference/same-model.js';
import { photosPerPhrase } from '@collage/keyphrases/photos-per-phrase.js';
import type { Keyphrase } from '@collage/proto/collage/v1/collage.js';
import type { Cutout, Photo } from '@collage/proto/collage/v1/photo.js';
import { isGround } from '@collage/scene/layout-part.js';
import { relevantOnly } from './relevance.js';
import { cosine } from './similarity.js';

/** A cut-out that may be chosen. */
export interface CutoutCandidate {
  cutout: Cutout;
  photo: Photo;
  vector: ModelVector;
}

/** Each cosine of likeness to one already chosen costs this much score. */
const LIKENESS_COST = 2;
const CUTOUTS_PER_PHOTO = 1;
const CUTOUTS_PER_AUTHOR = 4;
/** So many are kept however little they fit: a collage of two pieces is hardly one. */
const LEAST_COUNT = 5;
/** Grounds lie behind everything; more than two hide each other. */
const GROUND_LIMIT = 2;

/**
 * Chooses cut-outs by score, keyphrase coverage and variety: keyphrases take turns by their share of `count`, and
 * each takes its best remaining candidate after a deduction for likeness to what is already chosen (maximal marginal
 * relevance, Carbonell and Goldstein 1998). A photo gives one cut-out, an author a few, unless there are too few others.
 * What fits its keyphrase far worse than the best does is left out, even if fewer than `count` remain.
 * @returns best first
 */
export function chooseCutouts(
  candidates: CutoutCandidate[],
  keyphrases: Keyphrase[],
  count: number,
): CutoutCandidate[] {
  const chosen: CutoutCandidate[] = [];
  const left = new Set(relevantOnly(candidates, ({ cutout }) => cutout.ranking, LEAST_COUNT));
  const shares = photosPerPhrase(keyphrases, Math.max(count, keyphrases.length));

  function isAllowed({ photo, cutout }: CutoutCandidate, strict: boolean): boolean {
    if (isGround(cutout) && chosen.filter((other) => isGround(other.cutout)).length >= GROUND_LIMIT)
      return false;
    if (!strict) return true;
    const author = photo.credit?.author ?? '';
    return (
      chosen.filter((other) => other.photo.digest === photo.digest).length < CUTOUTS_PER_PHOTO &&
      chosen.filter((other) => other.photo.credit?.author === author).length < CUTOUTS_PER_AUTHOR
    );
  }
  function worth({ cutout, vector }: CutoutCandidate): number {
    const likeness = Math.max(0, ...chosen.map((other) => cosine(other.vector, vector)));
    return (cutout.ranking?.score ?? 0) - LIKENESS_COST * likeness;
  }
  function take(pool: CutoutCandidate[]): boolean {
    const best = pool.reduce<CutoutCandidate | undefined>(
      (top, candidate) => (top === undefined || worth(candidate) > worth(top) ? candidate : top),
      undefined,
    );
    if (!best) return false;
    chosen.push(best);
    left.delete(best);
    return true;
  }

  for (let round = 0; chosen.length < count; round++) {
    const before = chosen.length;
    for (const [phrase, share] of shares.entries()) {
      if (chosen.length >= count || round >= share) continue;
      take([...left].filter((c) => c.cutout.ranking?.keyphraseIndex === phrase && isAllowed(c, true)));
    }
    if (chosen.length === before) break;
  }
  // Places that a phrase could not fill: the best of the rest, first within the limits, then beyond them.
  for (const strict of [true, false]) {
    while (chosen.length < count && take([...left].filter((c) => isAllowed(c, strict))));
  }
  return chosen.sort((a, b) => (b.cutout.ranking?.score ?? 0) - (a.cutout.ranking?.score ?? 0));
}
