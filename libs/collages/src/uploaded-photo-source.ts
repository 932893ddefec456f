import type { Blobs } from '@collage/blobs/blobs.js';
import type { PhotoFinding, PhotoQuery, PhotoSource } from '@collage/photos/photo-source.js';
import { orderByWords } from '@collage/photos/words-match.js';
import { UPLOAD_SOURCE, type UploadedPhotos } from './uploaded-photos.js';

/** No search looks at more photos of one client than this. */
const MOST_PHOTOS = 1000;

/** What an owner uploaded, as a source for that owner's collages: those first whose words fit, then the newest. */
export function uploadedPhotoSource(
  owner: string,
  photos: Pick<UploadedPhotos, 'list'>,
  blobs: Blobs,
): PhotoSource {
  async function* find(
    { keyphrases, limit }: PhotoQuery,
    signal?: AbortSignal,
  ): AsyncGenerator<PhotoFinding> {
    const uploads = await photos.list(owner, MOST_PHOTOS).catch(failTheSearch);
    const all = uploads.map((photo) => ({
      photo,
      title: photo.credit?.title ?? '',
      description: photo.description,
      categories: photo.categories,
    }));
    for (const { photo } of orderByWords(all, keyphrases).slice(0, limit)) {
      signal?.throwIfAborted();
      yield { kind: 'photo', photo, bytes: () => blobs.get(photo.digest) };
    }
  }
  return { name: UPLOAD_SOURCE, find };
}

/**
 * The database is all of the service's: while it is away a collage is to wait, not to be made without these photos. An
 * error without a reason is none that a search takes for a source's own.
 */
function failTheSearch(error: unknown): never {
  throw new Error(`The uploaded photos could not be looked up: ${String(error)}`, { cause: error });
}
