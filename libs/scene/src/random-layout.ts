import type { Layer } from '@collage/proto/collage/v1/scene.js';
import { isGround, type LayoutPart, type PlacedPart, toLayer } from './layout-part.js';
import { placeGrounds } from './place-grounds.js';
import { placeSubjects } from './place-subjects.js';
import { leastVisibleShare } from './rectangle-visibility.js';
import { subjectSizes } from './subject-sizes.js';

/** Share of a subject's rectangle that should not lie behind others, were they all solid. */
const WANTED_VISIBLE_SHARE = 0.45;
const MAX_ATTEMPTS = 6;

/**
 * A random layout that looks composed: landscapes behind everything and as wide as the canvas, one or two heroes,
 * the rest smaller and spread, larger ones behind; sides cut off by their photo lie on the canvas edge.
 *
 * Every subject is used once; of grounds at most two are. The numbers come from `random` alone: the same stream
 * gives the same layout. Any input gives layers that `validateScene` accepts; no parts give none.
 *
 * Convention: canvas heights; layers in painting order.
 *
 * @param random numbers in [0, 1), see `seededRandom`
 */
export function randomLayout(parts: LayoutPart[], aspectRatio: number, random: () => number): Layer[] {
  const subjectParts = parts.filter((part) => !isGround(part));
  const minGroundCount = subjectParts.length > 0 ? 0 : 1;
  const grounds = placeGrounds(parts.filter(isGround), minGroundCount, aspectRatio, random);
  let best: PlacedPart[] = [];
  let bestShare = -1;
  for (let attempt = 0; attempt < MAX_ATTEMPTS && bestShare < WANTED_VISIBLE_SHARE; attempt++) {
    const subjects = placeSubjects(subjectSizes(subjectParts, aspectRatio, random), aspectRatio, random);
    const share = leastVisibleShare(subjects);
    if (share > bestShare) [best, bestShare] = [subjects, share];
  }
  return [...grounds, ...best].map(toLayer);
}
