import type { Layer } from '@collage/proto/collage/v1/scene.js';
import { describe, expect, it } from 'vitest';
import { layerBounds, layerCorners, offCanvasShare } from './scene-bounds.js';

const square = { width: 10, height: 10 };

function layer(centerX: number, centerY: number, height: number, rotationDegrees = 0): Layer {
  const placement = { centerX, centerY, height, rotationDegrees };
  return { cutoutDigest: 'a'.repeat(64), placement, opacity: 1, tint: undefined, flipped: false };
}

describe('layerCorners', () => {
  it('lists the corners of the cut-out, its own top left first', () => {
    const corners = layerCorners(layer(0.5, 0.5, 0.2), square).map(({ x, y }) =>
      [x.toFixed(3), y.toFixed(3)].join(),
    );
    expect(corners).toEqual(['0.400,0.400', '0.600,0.400', '0.600,0.600', '0.400,0.600']);
  });

  it('gives the box around a turned layer', () => {
    const { left, right } = layerBounds(layer(0.5, 0.5, 0.2, 45), square, 100);
    expect(right - left).toBeCloseTo(20 * Math.SQRT2, 9);
  });
});

describe('offCanvasShare', () => {
  it.each([
    ['all on the canvas', layer(0.75, 0.5, 0.2), 0],
    ['half beyond the left edge', layer(0, 0.5, 0.2), 0.5],
    ['three quarters beyond a corner', layer(1.5, 1, 0.2), 0.75],
    ['far away', layer(-3, 0.5, 0.2), 1],
    ['larger than the canvas', layer(0.75, 0.5, 3), 1 - 1.5 / 9],
    ['turned, half above the top edge', layer(0.75, 0, 0.2, 45), 0.5],
  ])('is right for a layer %s', (_, placed, share) => {
    expect(offCanvasShare(placed, square, 1.5)).toBeCloseTo(share, 9);
  });
});
