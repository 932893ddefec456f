import type { Color } from '@collage/proto/collage/v1/scene.js';
import sharp from 'sharp';

/** sharp's linear kernel mixes neighboring rows; many rows a band keep that to its edges. */
const ROWS_PER_BAND = 32;

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
    .resize(1, count * ROWS_PER_BAND, { fit: 'fill', kernel: 'linear', fastShrinkOnLoad: false })
    .raw()
    .toBuffer();
  const mean = (band: number, channel: number) => {
    let sum = 0;
    for (let row = 0; row < ROWS_PER_BAND; row++) sum += pixels[(band * ROWS_PER_BAND + row) * 3 + channel]!;
    return sum / ROWS_PER_BAND / 255;
  };
  return Array.from({ length: count }, (_, band) => ({
    red: mean(band, 0),
    green: mean(band, 1),
    blue: mean(band, 2),
  }));
}
