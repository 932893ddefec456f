import type { Layer } from '@collage/proto/collage/v1/scene.js';
import { describe, expect, it } from 'vitest';
import { invertAffine, placementMatrix } from './placement-matrix.js';

const cutout = { width: 40, height: 20 };

function layer(rotationDegrees: number, flipped = false): Layer {
  const placement = { centerX: 0.75, centerY: 0.5, height: 0.2, rotationDegrees };
  return { cutoutDigest: 'a'.repeat(64), placement, opacity: 1, tint: undefined, flipped };
}

/** The corner of the cut-out's first pixel, on a canvas 100 px high: rectangles are 40 x 20 px around (75, 50). */
function firstCorner(rotationDegrees: number, flipped = false): number[] {
  const { e, f } = placementMatrix(layer(rotationDegrees, flipped), cutout, 100);
  return [e, f].map((value) => Math.round(value * 1e9) / 1e9);
}

describe('placementMatrix', () => {
  it('puts the top left corner where an unrotated rectangle has it', () => {
    expect(firstCorner(0)).toEqual([55, 40]);
  });

  it('turns clockwise as displayed: a quarter turn brings the top left corner to the top right', () => {
    expect(firstCorner(90)).toEqual([85, 30]);
  });

  it('mirrors left to right before it turns', () => {
    expect(firstCorner(0, true)).toEqual([95, 40]);
    expect(firstCorner(90, true)).toEqual([85, 70]);
  });

  it('follows the height of the canvas and the size of the cut-out, so a larger original moves nothing', () => {
    const small = placementMatrix(layer(30), cutout, 100);
    const large = placementMatrix(layer(30), { width: 400, height: 200 }, 100);
    expect(large.a * 10).toBeCloseTo(small.a, 12);
    expect([large.e, large.f]).toEqual([expect.closeTo(small.e, 9), expect.closeTo(small.f, 9)]);
  });

  it('is undone by its inverse', () => {
    const matrix = placementMatrix(layer(33, true), cutout, 720);
    const back = invertAffine(matrix);
    const [x, y] = [matrix.a * 7 + matrix.c * 5 + matrix.e, matrix.b * 7 + matrix.d * 5 + matrix.f];
    expect(back.a * x + back.c * y + back.e).toBeCloseTo(7, 9);
    expect(back.b * x + back.d * y + back.f).toBeCloseTo(5, 9);
  });

  it('names the placement when there is none', () => {
    expect(() => placementMatrix({ ...layer(0), placement: undefined }, cutout, 100)).toThrow(/placement/);
  });
});
