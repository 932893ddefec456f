import sharp from 'sharp';
import { CutoutUnreadableError } from './cutout-unreadable-error.js';

/**
 * A cut-out small enough to be optimised with; never enlarged.
 *
 * Convention: PNG with straight alpha in and out; premultiplied while it is resized (sharp does so for pictures with
 * alpha), so transparent pixels do not bleed into edges. Proportions are kept to within half a pixel.
 *
 * @param maxSide longest side afterwards, in pixels, at least 1
 */
export async function shrinkCutout(png: Uint8Array, maxSide: number): Promise<Buffer> {
  return sharp(png)
    .toColorspace('srgb')
    .ensureAlpha()
    .resize(maxSide, maxSide, { fit: 'inside', withoutEnlargement: true, kernel: 'lanczos2' })
    .png({ compressionLevel: 4 })
    .toBuffer()
    .catch((cause: Error) => {
      throw new CutoutUnreadableError(cause);
    });
}
