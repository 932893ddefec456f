import { DatabaseError } from '@collage/database/database-error.js';
import type { Database } from '@collage/database/database.js';
import type { Fetcher } from '@collage/fetch/fetcher.js';
import { mapInOrder } from '../../map-in-order.js';
import { fetchLarger } from '../../fetch-larger.js';
import {
  skipped,
  type LargerLimit,
  type LargerPhoto,
  type LargestPhoto,
  type LargerWish,
  type SkippedPhoto,
} from '../../photo-source.js';
import { databaseLost } from './database-lost.js';
import { fetchOriginal } from './fetch-image.js';
import { imagesById } from './find-images.js';
import type { ImageRow } from './image-row.js';

const PHOTOS_AT_ONCE = 4;

/**
 * The originals of photos that were found as thumbnails; where one has no more pixels, that there is nothing larger: the
 * photo that was found may be the original, which is kept and not asked for again. Those that are not the bytes that OpenImages
 * lists are skipped, those that take longer than the limit, and all of them while the database can't be had: the
 * smaller photos do.
 */
export async function* largerImages(
  wishes: readonly LargerWish[],
  database: Database,
  fetcher: Fetcher,
  signal?: AbortSignal,
  limit?: LargerLimit,
): AsyncGenerator<LargerPhoto | LargestPhoto | SkippedPhoto> {
  const ids = wishes.map(({ photo }) => photo.sourceId);
  const images = await imagesById(database, ids).catch((error: unknown) => {
    signal?.throwIfAborted();
    const lost = error instanceof DatabaseError ? error : databaseLost(error);
    if (lost) return lost;
    throw error;
  });
  if (images instanceof Error) {
    for (const id of ids) yield unavailable(id, `${images.reason}: ${images.message}`);
    return;
  }
  const larger = (wish: LargerWish) =>
    originalOf(wish, images.get(wish.photo.sourceId), fetcher, signal, limit);
  yield* mapInOrder(wishes, PHOTOS_AT_ONCE, larger, signal);
}

async function originalOf(
  { photo }: LargerWish,
  image: ImageRow | undefined,
  fetcher: Fetcher,
  signal?: AbortSignal,
  limit?: LargerLimit,
): Promise<LargerPhoto | LargestPhoto | SkippedPhoto> {
  if (!image) return unavailable(photo.sourceId, 'it is not among the imported photos any more');
  const fetching = async (inner?: AbortSignal): Promise<LargerPhoto | LargestPhoto | SkippedPhoto> => {
    const original = await fetchOriginal(image, fetcher, inner);
    if ('kind' in original) return unavailable(photo.sourceId, `${original.reason}: ${original.detail}`);
    const { digest, width, bytes } = original;
    return width > photo.width ? { kind: 'larger', photo, digest, width, bytes } : { kind: 'largest', photo };
  };
  return fetchLarger(photo.sourceId, fetching, limit, signal);
}

function unavailable(imageId: string, detail: string): SkippedPhoto {
  return skipped('LARGER_UNAVAILABLE', imageId, detail);
}
