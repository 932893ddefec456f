import { FetchError } from '@collage/fetch/fetch-error.js';
import type { Fetcher } from '@collage/fetch/fetcher.js';
import type { Photo } from '@collage/proto/collage/v1/photo.js';
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
import type { CommonsApi } from './commons-api.js';
import { CommonsError } from './commons-error.js';
import type { PhotoAddress } from './commons-file.js';
import { photoAddresses } from './photo-addresses.js';
import { atLeastWide, THUMBNAIL_WIDTHS } from './thumbnail-widths.js';

const PHOTOS_AT_ONCE = 2;

/**
 * Larger versions of photos that were found: the narrowest of the widths that Wikimedia serves which is wide enough, or
 * else the widest, or the original where that is no wider. The addresses of all that want the same width are asked for
 * together.
 */
export async function* largerPhotos(
  wishes: readonly LargerWish[],
  api: CommonsApi,
  fetcher: Fetcher,
  signal?: AbortSignal,
  limit?: LargerLimit,
): AsyncGenerator<LargerPhoto | LargestPhoto | SkippedPhoto> {
  for (const width of THUMBNAIL_WIDTHS) {
    const photos = wishes.filter((wish) => atLeastWide(wish.width) === width).map(({ photo }) => photo);
    const titles = photos.map(({ sourceId }) => sourceId);
    const addresses = await photoAddresses(api, titles, width, signal).catch((error: unknown) => error);
    if (!(addresses instanceof Map)) {
      for (const title of titles) yield unavailable(title, addresses, signal);
      continue;
    }
    const found = addresses as Map<string, PhotoAddress>;
    for (const title of titles.filter((title) => !found.has(title))) {
      yield skipped('LARGER_UNAVAILABLE', title, 'the file is gone since it was found');
    }
    const wider: Photo[] = [];
    for (const photo of photos.filter(({ sourceId }) => found.has(sourceId))) {
      if (found.get(photo.sourceId)!.width > photo.width) wider.push(photo);
      else yield { kind: 'largest', photo };
    }
    const larger = (photo: Photo): Promise<LargerPhoto | SkippedPhoto> => {
      const { address } = found.get(photo.sourceId)!;
      const fetching = async (inner?: AbortSignal): Promise<LargerPhoto> => ({
        kind: 'larger',
        photo,
        ...(await fetcher.photo(address, { signal: inner })),
      });
      return fetchLarger(photo.sourceId, fetching, limit, signal);
    };
    yield* mapInOrder(wider, PHOTOS_AT_ONCE, larger, signal);
  }
}

function unavailable(title: string, error: unknown, signal?: AbortSignal): SkippedPhoto {
  signal?.throwIfAborted();
  if (error instanceof FetchError || error instanceof CommonsError) {
    return skipped('LARGER_UNAVAILABLE', title, `${error.reason}: ${error.message}`);
  }
  throw error;
}
