import { createHash } from 'node:crypto';
import { FetchError } from '@collage/fetch/fetch-error.js';
import type { FetchedPhoto, Fetcher } from '@collage/fetch/fetcher.js';
import { skipped, type SkippedPhoto } from '../../photo-source.js';
import type { ImageRow } from './image-row.js';
import { turnPhoto } from './turn-photo.js';

/** A photo as it is used: fetched, and turned where OpenImages says so. */
export interface FetchedImage {
  digest: string;
  mediaType: string;
  /** Of the original as it was received; unknown of a thumbnail. */
  sha1?: string;
  /** Pixels, as displayed. */
  width: number;
  height: number;
  bytes(): Promise<Buffer>;
}

/** The thumbnail is not there, or is none: the original may be. */
const TRY_ORIGINAL: readonly string[] = ['NOT_FOUND', 'HTTP_STATUS', 'NOT_A_PHOTO'];

/**
 * Fetches a photo: its thumbnail (of about 300,000 pixels) where that is large enough, else its original.
 *
 * An original has to be as many bytes as OpenImages says: in place of a photo that was taken down, Flickr gives a
 * picture that says so, and one that was exchanged may be under another license.
 *
 * Convention: `rotation` is how far the original must be turned. Flickr's smaller sizes, of which the thumbnails are,
 * are turned already (its API, photos.getInfo: "rotation, in degrees, by which the smaller image sizes differ from the
 * original image"), so of a photo that must be turned the original is taken, and no doubt is left.
 * @param minShortSide pixels that the shorter side needs
 */
export async function fetchImage(
  image: ImageRow,
  fetcher: Fetcher,
  minShortSide: number,
  signal?: AbortSignal,
): Promise<FetchedImage | SkippedPhoto> {
  const { imageId, thumbnailUrl, originalUrl, originalSize, rotation } = image;
  const isLarge = ({ width, height }: FetchedPhoto): boolean => Math.min(width, height) >= minShortSide;
  try {
    const thumbnail = rotation ? undefined : await fetchThumbnail(thumbnailUrl, fetcher, signal);
    if (thumbnail && isLarge(thumbnail)) return { ...thumbnail, sha1: undefined };
    const original = await fetcher.photo(originalUrl, { signal });
    const { width, height, downloadedBytes } = original;
    if (originalSize !== null && downloadedBytes !== originalSize) {
      return skipped(
        'PHOTO_CHANGED',
        imageId,
        `expected the ${originalSize} bytes that OpenImages lists but received ${downloadedBytes}`,
      );
    }
    if (!isLarge(original)) {
      return skipped(
        'TOO_SMALL',
        imageId,
        `expected at least ${minShortSide} px but received ${width} x ${height}`,
      );
    }
    return rotation ? await turned(original, rotation) : original;
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof FetchError)) throw error;
    return skipped(error.reason, imageId, error.message);
  }
}

async function fetchThumbnail(
  address: string | null,
  fetcher: Fetcher,
  signal?: AbortSignal,
): Promise<FetchedPhoto | undefined> {
  if (address === null) return undefined;
  try {
    return await fetcher.photo(address, { signal });
  } catch (error) {
    if (error instanceof FetchError && TRY_ORIGINAL.includes(error.reason)) return undefined;
    throw error;
  }
}

/** Its bytes are made again when they are asked for: a hundred photos are not kept in memory. */
async function turned(original: FetchedPhoto, degrees: number): Promise<FetchedImage> {
  const turn = async () => turnPhoto(await original.bytes(), original.mediaType, degrees);
  const { bytes, width, height } = await turn();
  const digest = createHash('sha256').update(bytes).digest('hex');
  return {
    digest,
    sha1: original.sha1,
    mediaType: original.mediaType,
    width,
    height,
    bytes: async () => (await turn()).bytes,
  };
}
