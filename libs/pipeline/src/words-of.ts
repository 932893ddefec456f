import type { Photo } from '@collage/proto/collage/v1/photo.js';

/** What its source says a photo shows: title, description, subject words; at most 1,000 characters, never empty. */
export function wordsOf(photo: Photo): string {
  const words = [photo.credit?.title, photo.description, photo.categories.join(', ')]
    .filter(Boolean)
    .join('. ');
  return words.slice(0, 1000) || photo.sourceId;
}
