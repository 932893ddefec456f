import { decode, open, readMetadata } from './read-photo.js';

/** A photo as it is stored. */
export interface PreparedPhoto {
  bytes: Buffer;
  /** "image/jpeg", or "image/png" where the photo has an alpha channel. */
  mediaType: string;
  /** Pixels, as displayed. */
  width: number;
  /** Pixels, as displayed. */
  height: number;
  /** EXIF orientation, 1 to 8, that was applied; 1 where the file says none. */
  orientation: number;
}

/**
 * A photo from elsewhere as we store it, encoded anew, so that nothing of the bytes received lives on but
 * what is seen: EXIF orientation applied, converted from its own color profile to sRGB, metadata gone; JPEG
 * of quality 92 without chroma subsampling (which would bleed over the edges of cut-outs), or PNG where there
 * is an alpha channel. Same bytes in, same bytes out. A photo is decoded once, whole.
 *
 * Throws PhotoUnreadableError: what is allowed and how large it may be is in `read-photo.ts`.
 *
 * Convention: non-linear sRGB, 8 bit, straight alpha; pixels as displayed, first row on top.
 */
export async function preparePhoto(received: Uint8Array): Promise<PreparedPhoto> {
  const { hasAlpha, autoOrient, orientation = 1 } = await readMetadata(received);
  const upright = open(received).autoOrient().toColorspace('srgb');
  const bytes = await decode(
    hasAlpha
      ? upright.png({ compressionLevel: 6 })
      : upright.jpeg({ quality: 92, chromaSubsampling: '4:4:4' }),
  );
  return {
    bytes,
    mediaType: hasAlpha ? 'image/png' : 'image/jpeg',
    width: autoOrient.width,
    height: autoOrient.height,
    orientation,
  };
}
