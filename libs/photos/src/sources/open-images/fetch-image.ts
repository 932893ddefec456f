import { createHash } from 'node:crypto';
import { FetchError } from '@collage/fetch/fetch-error.js';
import type { FetchedPhoto, Fetcher } from '@collage/fetch/fetcher.js';
import { skipped, type SkippedPhoto } from '../../photo-source.js';
import type { ImageRow } from './image-row.js';
import { turnPhoto } from './turn-photo.js';

/** A photo as it is used: fetched, and upright. */
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

/**
 * Pixels that the shorter side of a thumbnail needs. Flickr's are 640 on the longer side, so those of the usual shapes,
 * 4:3 (480) and 3:2 (427), do: more than perceptors (224 to 384) and the segmenters look at. Where the picture shows
 * more of a photo than its thumbnail has, the original is had then.
 */
export const THUMBNAIL_SHORT_SIDE = 400;

/** The thumbnail is not there, or is none: the original may be. */
const TRY_ORIGINAL: readonly string[] = ['NOT_FOUND', 'HTTP_STATUS', 'NOT_A_PHOTO'];

/**
 * Fetches a photo: its thumbnail (of about 300,000 pixels) where that has {@link THUMBNAIL_SHORT_SIDE}, else its original.
 * A thumbnail is fetched only where the original is still there and as many bytes as OpenImages lists, which its host is
 * asked for, without fetching it: see {@link fetchOriginal}. Where the host does not say, the thumbnail is taken.
 *
 * Of a photo that must be turned the original is taken: Flickr says of its smaller sizes, of which the thumbnails are,
 * that they are turned already (its API, photos.getInfo), OpenImages says nothing of them.
 * @param minShortSide pixels that the shorter side of an original needs: nothing larger can be had
 */
export async function fetchImage(
  image: ImageRow,
  fetcher: Fetcher,
  minShortSide: number,
  signal?: AbortSignal,
): Promise<FetchedImage | SkippedPhoto> {
  const { imageId, originalUrl, rotation } = image;
  try {
    const thumbnailUrl = rotation ? null : image.thumbnailUrl;
    if (thumbnailUrl !== null) {
      const expectedBytes = image.originalSize ?? undefined;
      const changed = changedFrom(image, await fetcher.size(originalUrl, { expectedBytes, signal }));
      if (changed) return changed;
    }
    const thumbnail = await fetchThumbnail(thumbnailUrl, fetcher, signal);
    if (thumbnail && shortSide(thumbnail) >= THUMBNAIL_SHORT_SIDE) return { ...thumbnail, sha1: undefined };
    const original = await fetchOriginal(image, fetcher, signal);
    if ('kind' in original || shortSide(original) >= minShortSide) return original;
    const { width, height } = original;
    return skipped(
      'TOO_SMALL',
      imageId,
      `expected at least ${minShortSide} px but received ${width} x ${height}`,
    );
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof FetchError)) throw error;
    return skipped(error.reason, imageId, error.message);
  }
}

/**
 * Fetches the original, which has to be as many bytes as OpenImages says (else PHOTO_CHANGED): in place of a photo that
 * was taken down, Flickr gives a picture that says so, and one that was exchanged may be under another license.
 *
 * Convention: a photo is turned at most once. OpenImages' `rotation` and a file's EXIF orientation both say how its
 * stored pixels must be turned (OpenImages explains the one by the other: "Rotated images in Open Images", 2018). Every
 * photo was turned by its EXIF orientation when it was fetched, so `rotation` counts only where the file had none, or 1.
 * Photos kept before that was noted are fetched again where it matters.
 * @throws FetchError; the signal's reason
 */
export async function fetchOriginal(
  image: ImageRow,
  fetcher: Fetcher,
  signal?: AbortSignal,
): Promise<FetchedImage | SkippedPhoto> {
  const { originalUrl, originalSize, rotation } = image;
  const original = await fetcher.photo(originalUrl, {
    signal,
    needsOrientation: Boolean(rotation),
    expectedBytes: originalSize ?? undefined,
  });
  const changed = changedFrom(image, original.downloadedBytes);
  if (changed) return changed;
  return rotation && original.orientation === 1 ? await turned(original, rotation) : original;
}

/** Says so where the original is not as many bytes as OpenImages lists; undefined where it is, or one of them is unknown. */
function changedFrom(
  { imageId, originalSize }: ImageRow,
  bytes: number | undefined,
): SkippedPhoto | undefined {
  if (originalSize === null || bytes === undefined || bytes === originalSize) return undefined;
  const detail = `expected the ${originalSize} bytes that OpenImages lists but received ${bytes}`;
  return skipped('PHOTO_CHANGED', imageId, detail);
}

function shortSide({ width, height }: { width: number; height: number }): number {
  return Math.min(width, height);
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
