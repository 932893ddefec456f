import type { Color } from '@collage/proto/collage/v1/scene.js';
import sharp from 'sharp';

/**
 * Mean colors of a photo's horizontal bands, from top to bottom.
 *
 * Convention: averages non-linear sRGB in [0, 1], as everything here is blended; EXIF orientation is applied.
 *
 * @param photo JPEG, PNG or WebP bytes
 * @param count number of bands, at least 1
 */
export async function rowColors(photo: Uint8Array, count: number): Promise<Color[]> {
  const pixels = await sharp(photo)
    .autoOrient()
    .flatten({ background: '#808080' })
    .toColorspace('srgb')
    .removeAlpha()
    .resize(1, count, { fit: 'fill', kernel: 'linear', fastShrinkOnLoad: false })
    .raw()
    .toBuffer();
  return Array.from({ length: count }, (_, row) => ({
    red: pixels[row * 3]! / 255,
    green: pixels[row * 3 + 1]! / 255,
    blue: pixels[row * 3 + 2]! / 255,
  }));
}
