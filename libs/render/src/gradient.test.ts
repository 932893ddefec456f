import type { Gradient } from '@collage/proto/collage/v1/scene.js';
import { describe, expect, it } from 'vitest';
import { gradientColorAt, renderGradient } from './gradient.js';

const BLACK = { red: 0, green: 0, blue: 0 };
const WHITE = { red: 1, green: 1, blue: 1 };

function blackToWhite(angleDegrees: number): Gradient {
  return {
    angleDegrees,
    stops: [
      { offset: 0, color: BLACK },
      { offset: 1, color: WHITE },
    ],
  };
}

/** First channel at a pixel of a 40 x 20 canvas. */
function value(angleDegrees: number, x: number, y: number): number {
  return renderGradient(blackToWhite(angleDegrees), 40, 20).data[(y * 40 + x) * 3]!;
}

describe('renderGradient', () => {
  it('runs from top to bottom at 0 degrees, sampled at pixel centers', () => {
    expect([value(0, 3, 0), value(0, 3, 19)]).toEqual([Math.round(255 * 0.025), Math.round(255 * 0.975)]);
  });

  it('turns clockwise: from right to left at 90, upwards at 180', () => {
    expect([value(90, 39, 5), value(90, 0, 5)]).toEqual([Math.round(255 * 0.0125), Math.round(255 * 0.9875)]);
    expect([value(180, 3, 19), value(180, 3, 0)]).toEqual([Math.round(255 * 0.025), Math.round(255 * 0.975)]);
  });

  it('reaches its first and last color in opposite corners at any angle', () => {
    expect(value(30, 39, 0)).toBeLessThanOrEqual(7);
    expect(value(30, 0, 19)).toBeGreaterThanOrEqual(248);
  });
});

describe('gradientColorAt', () => {
  const hardEdged: Gradient = {
    angleDegrees: 0,
    stops: [
      { offset: 0.2, color: BLACK },
      { offset: 0.6, color: { red: 1, green: 0.5, blue: 0 } },
      { offset: 0.6, color: WHITE },
      { offset: 0.8, color: BLACK },
    ],
  };

  it('holds the end colors and interpolates in between', () => {
    expect(gradientColorAt(hardEdged, -0.1)).toEqual([0, 0, 0]);
    expect(gradientColorAt(hardEdged, 0.4)).toEqual(
      [0.5, 0.25, 0].map((number) => expect.closeTo(number, 12)),
    );
    expect(gradientColorAt(hardEdged, 1)).toEqual([0, 0, 0]);
  });

  it('steps where two stops share an offset', () => {
    expect(gradientColorAt(hardEdged, 0.6 - 1e-9)[2]).toBeCloseTo(0, 6);
    expect(gradientColorAt(hardEdged, 0.6)).toEqual([1, 1, 1]);
  });

  it('is one color with one stop', () => {
    const gradient = { angleDegrees: 0, stops: [{ offset: 0.5, color: WHITE }] };
    for (const place of [0, 0.5, 1]) expect(gradientColorAt(gradient, place)).toEqual([1, 1, 1]);
  });
});
