import sharp from 'sharp';

/**
 * A cut-out as a perceptor should see it alone: centered on a mid-grey square, so that neither its shape's
 * surroundings nor squashing tells anything.
 *
 * Convention: straight alpha in; sharp premultiplies before it resizes.
 *
 * @param png straight-alpha PNG
 * @param side side of the square in pixels
 * @returns PNG without alpha
 */
export async function flattenCutout(png: Uint8Array, side: number): Promise<Buffer> {
  return (
    sharp(png)
      .resize(side, side, { fit: 'contain', background: { r: 128, g: 128, b: 128, alpha: 0 } })
      .flatten({ background: { r: 128, g: 128, b: 128 } })
      // sharp flattens before it resizes; the margins that `contain` adds bring an alpha of their own.
      .removeAlpha()
      .png({ compressionLevel: 1 })
      .toBuffer()
  );
}
