import type { PremultipliedCutout } from './read-cutout.js';

/**
 * Shrinks a cut-out by whole blocks: what is below half size aliases when it is sampled bilinearly.
 *
 * Convention: means of 2^level x 2^level premultiplied pixels; right and below the cut-out is padded with transparent
 * pixels to whole blocks, so pixel (i, j) of the result covers [i, i + 1) x [j, j + 1) times the block. The torch
 * compositor does the same (see `mipLevel` in libs/scene).
 */
export function averageBlocks(cutout: PremultipliedCutout, level: number): PremultipliedCutout {
  if (level === 0) return cutout;
  const block = 2 ** level;
  const [width, height] = [Math.ceil(cutout.width / block), Math.ceil(cutout.height / block)];
  const data = new Uint16Array(width * height * 4);
  const sums = new Float64Array(width * 4);
  for (let row = 0; row < height; row++) {
    sums.fill(0);
    const end = Math.min((row + 1) * block, cutout.height);
    for (let y = row * block; y < end; y++) addRow(sums, cutout, y, level);
    const start = row * width * 4;
    for (let index = 0; index < sums.length; index++) {
      data[start + index] = Math.round(sums[index]! / (block * block));
    }
  }
  return { data, width, height };
}

function addRow(sums: Float64Array, { data, width }: PremultipliedCutout, y: number, level: number): void {
  for (let x = 0; x < width; x++) {
    const from = (y * width + x) * 4;
    const to = (x >> level) * 4;
    for (let channel = 0; channel < 4; channel++) sums[to + channel]! += data[from + channel]!;
  }
}
