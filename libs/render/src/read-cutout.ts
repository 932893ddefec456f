import sharp from 'sharp';
import { CutoutUnreadableError } from './cutout-unreadable-error.js';

/**
 * A cut-out's pixels, ready to be resampled.
 *
 * Convention: RGBA, premultiplied, unsigned 16 bits in units of 1 / 65025 (255 x 255): the product of an 8-bit color
 * and an 8-bit alpha is stored exactly.
 */
export interface PremultipliedCutout {
  data: Uint16Array;
  width: number;
  height: number;
}

/** What 1.0 is in a premultiplied cut-out. */
export const PREMULTIPLIED_ONE = 65025;

/** Decodes and premultiplies a cut-out; pictures without alpha are opaque. */
export async function readCutout(bytes: Uint8Array): Promise<PremultipliedCutout> {
  const decoded = sharp(bytes).toColorspace('srgb').ensureAlpha().raw({ depth: 'uchar' });
  const { data: straight, info } = await decoded
    .toBuffer({ resolveWithObject: true })
    .catch((cause: Error) => {
      throw new CutoutUnreadableError(cause);
    });
  const data = new Uint16Array(straight.length);
  for (let start = 0; start < straight.length; start += 4) {
    const alpha = straight[start + 3]!;
    data[start] = straight[start]! * alpha;
    data[start + 1] = straight[start + 1]! * alpha;
    data[start + 2] = straight[start + 2]! * alpha;
    data[start + 3] = 255 * alpha;
  }
  return { data, width: info.width, height: info.height };
}
