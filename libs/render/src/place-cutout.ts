import type { Layer } from '@collage/proto/collage/v1/scene.js';
import { mipLevel } from '@collage/scene/conventions.js';
import { invertAffine, placementMatrix } from '@collage/scene/placement-matrix.js';
import { layerBounds } from '@collage/scene/scene-bounds.js';
import { averageBlocks } from './average-blocks.js';
import { PREMULTIPLIED_ONE, type PremultipliedCutout } from './read-cutout.js';

/** A run of canvas pixels a layer may cover: `rgba` holds them from `left` to `right` (exclusive). */
export type RowVisitor = (y: number, left: number, right: number, rgba: Float32Array) => void;

/**
 * Resamples a layer onto the canvas, row by row, only where it can be seen.
 *
 * sharp's `affine` was measured beside this loop (30 cut-outs of 1200 x 900 on 4096 x 4096, one core): 0.95 s before
 * compositing against 1.05 s with it. It computes whole boxes rather than the part on the canvas, truncates to 8 bits
 * (off by up to 1.3 / 255 where this is exact), and rounds its origin; so the sampling is ours.
 *
 * Convention: canvas pixel (i, j) takes the color at its center (i + 0.5, j + 0.5); bilinear between pixel centers of
 * the cut-out, premultiplied, transparent outside. Rows come out premultiplied in [0, 1], tint and opacity applied.
 */
export function placeCutout(
  layer: Layer,
  cutout: PremultipliedCutout,
  canvas: { width: number; height: number },
  visit: RowVisitor,
): void {
  const level = mipLevel((layer.placement!.height * canvas.height) / cutout.height);
  const block = 2 ** level;
  const mip = averageBlocks(cutout, level);
  // One more cut-out pixel on each side: bilinear sampling reaches half a pixel beyond the edge.
  const margin = (layer.placement!.height * canvas.height * block) / cutout.height;
  const bounds = layerBounds(layer, cutout, canvas.height);
  const left = Math.max(0, Math.floor(bounds.left - margin));
  const right = Math.min(canvas.width, Math.ceil(bounds.right + margin));
  const top = Math.max(0, Math.floor(bounds.top - margin));
  const bottom = Math.min(canvas.height, Math.ceil(bounds.bottom + margin));
  if (left >= right || top >= bottom) return;

  const back = invertAffine(placementMatrix(layer, cutout, canvas.height));
  const step = { u: back.a / block, v: back.b / block };
  const factors = layerFactors(layer);
  const rgba = new Float32Array((right - left) * 4);
  for (let y = top; y < bottom; y++) {
    const u = (back.a * (left + 0.5) + back.c * (y + 0.5) + back.e) / block - 0.5;
    const v = (back.b * (left + 0.5) + back.d * (y + 0.5) + back.f) / block - 0.5;
    sampleRow(mip, { u, v }, step, factors, rgba);
    visit(y, left, right, rgba);
  }
}

/** What the stored values are multiplied with to give tinted, translucent colors in [0, 1]. */
function layerFactors({ opacity, tint }: Layer): [number, number, number, number] {
  const whole = opacity / PREMULTIPLIED_ONE;
  return [whole * (tint?.red ?? 1), whole * (tint?.green ?? 1), whole * (tint?.blue ?? 1), whole];
}

/** Convention: `start` and `step` count pixel centers of the mip, (0, 0) being the middle of its first pixel. */
function sampleRow(
  { data, width, height }: PremultipliedCutout,
  start: { u: number; v: number },
  step: { u: number; v: number },
  factors: [number, number, number, number],
  rgba: Float32Array,
): void {
  for (let to = 0, count = 0; to < rgba.length; to += 4, count++) {
    const u = start.u + count * step.u;
    const v = start.v + count * step.v;
    if (!(u > -1 && v > -1 && u < width && v < height)) {
      rgba[to] = rgba[to + 1] = rgba[to + 2] = rgba[to + 3] = 0;
      continue;
    }
    const column = Math.floor(u);
    const row = Math.floor(v);
    const right = u - column;
    const down = v - row;
    // Neighbors outside count nothing; their index is moved inside only to have something to read.
    const weightLeft = column >= 0 ? 1 - right : 0;
    const weightRight = column + 1 < width ? right : 0;
    const weightTop = row >= 0 ? 1 - down : 0;
    const weightBottom = row + 1 < height ? down : 0;
    const rowTop = Math.max(row, 0) * width;
    const rowBottom = Math.min(row + 1, height - 1) * width;
    const columnLeft = Math.max(column, 0);
    const columnRight = Math.min(column + 1, width - 1);
    const topLeft = (rowTop + columnLeft) * 4;
    const topRight = (rowTop + columnRight) * 4;
    const bottomLeft = (rowBottom + columnLeft) * 4;
    const bottomRight = (rowBottom + columnRight) * 4;
    for (let channel = 0; channel < 4; channel++) {
      const upper = weightLeft * data[topLeft + channel]! + weightRight * data[topRight + channel]!;
      const lower = weightLeft * data[bottomLeft + channel]! + weightRight * data[bottomRight + channel]!;
      rgba[to + channel] = (weightTop * upper + weightBottom * lower) * factors[channel]!;
    }
  }
}
