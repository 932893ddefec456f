import { photosPerPhrase } from '@collage/keyphrases/photos-per-phrase.js';
import type { Keyphrase } from '@collage/proto/collage/v1/collage.js';
import type { Photo } from '@collage/proto/collage/v1/photo.js';
import { bestOfPhrase } from './best-of-phrase.js';
import { relevantOnly } from './relevance.js';

/** So many are cut however little they fit: not every photo yields a cut-out. */
const LEAST_COUNT = 8;

/**
 * The photos worth cutting: for each keyphrase its share of `count` (by weight, at least one), best first; a phrase that
 * no photo serves best gets the one that fits it most all the same. Places that a phrase cannot fill go to the best of
 * the rest, but not to what is about something else. Order is kept.
 */
export function choosePhotos(photos: Photo[], keyphrases: Keyphrase[], count: number): Photo[] {
  const ranked = relevantOnly(photos, ({ ranking }) => ranking, LEAST_COUNT);
  const shares = photosPerPhrase(keyphrases, count);
  const chosen = new Set<Photo>();
  for (const [phrase, share] of shares.entries()) {
    for (const photo of bestOfPhrase(ranked, phrase, share)) chosen.add(photo);
  }
  for (const photo of ranked) {
    if (chosen.size >= count) break;
    chosen.add(photo);
  }
  return ranked.filter((photo) => chosen.has(photo));
}
