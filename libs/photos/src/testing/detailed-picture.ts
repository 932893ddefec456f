import sharp from 'sharp';
import { colors, type Size } from './pictures.js';

/** Side of a dot, in pixels. */
const DOT = 4;

/**
 * A picture of smooth color with dots all over it, as a JPEG; another for every seed. The dots are lost where it is
 * scaled to a fourth, and what is left looks alike.
 */
export async function detailedPicture(seed: number, { width, height }: Size): Promise<Buffer> {
  const data = await colors(seed, width, height).raw().toBuffer();
  const columns = Math.ceil(width / DOT);
  const shades = new Int8Array(columns * Math.ceil(height / DOT));
  let state = seed + 1;
  for (let dot = 0; dot < shades.length; dot++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    shades[dot] = state >>> 31 === 0 ? -35 : 35;
  }
  for (let y = 0, at = 0; y < height; y++) {
    const row = Math.floor(y / DOT) * columns;
    for (let x = 0; x < width; x++) {
      const shade = shades[row + Math.floor(x / DOT)]!;
      for (const end = at + 3; at < end; at++) data[at] = Math.min(255, Math.max(0, data[at]! + shade));
    }
  }
  return sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 90 })
    .toBuffer();
}
