import type { Layer } from '@collage/proto/collage/v1/scene.js';
import { placementMatrix, type CutoutSize } from './placement-matrix.js';

/** A place on the canvas, in canvas heights or pixels. */
export interface Point {
  x: number;
  y: number;
}

/**
 * The four corners of a layer, in the order of the cut-out's own top left, top right, bottom right, bottom left.
 *
 * Convention: canvas heights where `heightPixels` is 1 (the default), canvas pixels else; y runs down.
 */
export function layerCorners(
  layer: Layer,
  cutout: CutoutSize,
  heightPixels = 1,
): [Point, Point, Point, Point] {
  const { a, b, c, d, e, f } = placementMatrix(layer, cutout, heightPixels);
  const place = (u: number, v: number): Point => ({ x: a * u + c * v + e, y: b * u + d * v + f });
  const { width, height } = cutout;
  return [place(0, 0), place(width, 0), place(width, height), place(0, height)];
}

/** The upright box around a layer, in the units of `layerCorners`. */
export function layerBounds(
  layer: Layer,
  cutout: CutoutSize,
  heightPixels = 1,
): { left: number; top: number; right: number; bottom: number } {
  const corners = layerCorners(layer, cutout, heightPixels);
  const [xs, ys] = [corners.map(({ x }) => x), corners.map(({ y }) => y)];
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

/** Share of a layer's rectangle that lies outside the canvas: 0 (all on it) to 1 (none). */
export function offCanvasShare(layer: Layer, cutout: CutoutSize, aspectRatio: number): number {
  const corners: Point[] = layerCorners(layer, cutout);
  const inside = [
    ({ x }: Point) => x,
    ({ x }: Point) => aspectRatio - x,
    ({ y }: Point) => y,
    ({ y }: Point) => 1 - y,
  ].reduce(clip, corners);
  return Math.min(1, Math.max(0, 1 - area(inside) / area(corners)));
}

/** Cuts a convex polygon by a half-plane (Sutherland and Hodgman 1974); `depth` is above 0 inside. */
function clip(polygon: Point[], depth: (point: Point) => number): Point[] {
  return polygon.flatMap((point, index) => {
    const previous = polygon.at(index - 1)!;
    const [here, before] = [depth(point), depth(previous)];
    const share = before / (before - here);
    const crossing = {
      x: previous.x + share * (point.x - previous.x),
      y: previous.y + share * (point.y - previous.y),
    };
    if (here >= 0) return before >= 0 ? [point] : [crossing, point];
    return before >= 0 ? [crossing] : [];
  });
}

/** Shoelace formula. */
function area(polygon: Point[]): number {
  const twice = polygon.reduce((sum, point, index) => {
    const previous = polygon.at(index - 1)!;
    return sum + previous.x * point.y - point.x * previous.y;
  }, 0);
  return Math.abs(twice) / 2;
}
