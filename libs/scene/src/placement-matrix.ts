import type { Layer } from '@collage/proto/collage/v1/scene.js';
import { SceneInvalidError } from './scene-invalid-error.js';

/** x = a u + c v + e, y = b u + d v + f: the order of SVG's `matrix(a b c d e f)`. */
export interface Affine {
  a: number;
  b: number;
  c: number;
  d: number;
  e: number;
  f: number;
}

/** Size of a cut-out in its own pixels. */
export interface CutoutSize {
  width: number;
  height: number;
}

/**
 * Where a cut-out's pixels come to lie on the canvas.
 *
 * Convention: maps continuous cut-out pixels (0, 0 is the top left edge, u right, v down) to continuous canvas pixels.
 * Steps, in order: center to the origin, scale, flip left to right, rotate clockwise as displayed, move to the center.
 *
 * @param cutout any size with the cut-out's proportions
 * @param heightPixels canvas height; 1 gives canvas heights
 */
export function placementMatrix(layer: Layer, cutout: CutoutSize, heightPixels: number): Affine {
  const { placement } = layer;
  if (!placement) throw new SceneInvalidError('placement', 'a placement', placement);
  const scale = (placement.height * heightPixels) / cutout.height;
  const angle = (placement.rotationDegrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle) * scale, Math.sin(angle) * scale];
  const mirror = layer.flipped ? -1 : 1;
  const [a, b, c, d] = [cos * mirror, sin * mirror, -sin, cos];
  const [u, v] = [cutout.width / 2, cutout.height / 2];
  return {
    a,
    b,
    c,
    d,
    e: placement.centerX * heightPixels - a * u - c * v,
    f: placement.centerY * heightPixels - b * u - d * v,
  };
}

/** The way back, from canvas to cut-out. Scales above 0 always have one. */
export function invertAffine({ a, b, c, d, e, f }: Affine): Affine {
  const determinant = a * d - b * c;
  const inverse = { a: d / determinant, b: -b / determinant, c: -c / determinant, d: a / determinant };
  return { ...inverse, e: -(inverse.a * e + inverse.c * f), f: -(inverse.b * e + inverse.d * f) };
}
