import { collageLicense } from '@collage/licensing/compatibility.js';
import type { CollageOptions } from '@collage/proto/collage/v1/collage.js';
import type { Credit } from '@collage/proto/collage/v1/photo.js';
import type { CutoutCandidate } from './choose-cutouts.js';

/**
 * Leaves out candidates until the licenses of the rest allow one collage (NonCommercial beside ShareAlike does not).
 * The side that fits the prompt less goes: each photo's credit is weighed by its best cut-out's score.
 */
export function dropIncompatible(
  candidates: CutoutCandidate[],
  { noncommercialAllowed }: Pick<CollageOptions, 'noncommercialAllowed'>,
): { kept: CutoutCandidate[]; dropped: { name: string; detail: string }[] } {
  const dropped: { name: string; detail: string }[] = [];
  let kept = candidates;
  for (;;) {
    const lowest = Math.min(...kept.map(({ cutout }) => cutout.ranking?.score ?? 0));
    const credits = new Map<string, Credit>();
    for (const { photo, cutout } of kept) {
      const weight = 1 + (cutout.ranking?.score ?? 0) - lowest;
      const seen = credits.get(photo.digest);
      credits.set(photo.digest, {
        ...photo.credit!,
        photoDigest: photo.digest,
        visibleShare: Math.max(weight, seen?.visibleShare ?? 0),
      });
    }
    const verdict = collageLicense([...credits.values()], { noncommercialAllowed });
    if (!('incompatible' in verdict) || verdict.incompatible.drop.length === 0) return { kept, dropped };
    const gone = new Set(verdict.incompatible.drop.map(({ photoDigest }) => photoDigest));
    for (const photo of new Set(kept.map((candidate) => candidate.photo))) {
      if (gone.has(photo.digest))
        dropped.push({ name: photo.sourceId, detail: verdict.incompatible.explanation });
    }
    kept = kept.filter(({ photo }) => !gone.has(photo.digest));
  }
}
