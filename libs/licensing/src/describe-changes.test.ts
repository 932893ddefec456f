import type { Layer } from '@collage/proto/collage/v1/scene.js';
import { describe, expect, it } from 'vitest';
import { describeChanges } from './describe-changes.js';

function layer(changes: Partial<Layer> = {}, rotationDegrees = 0): Layer {
  const placement = { centerX: 0.5, centerY: 0.5, height: 0.4, rotationDegrees };
  return { cutoutDigest: 'a', placement, opacity: 1, tint: undefined, flipped: false, ...changes };
}

describe('describeChanges', () => {
  it.each<[string, Layer[], string]>([
    ['a cut-out placed upright', [layer()], 'cut out, scaled'],
    ['a turned one', [layer({}, 12)], 'cut out, scaled, rotated'],
    ['one turned all the way round', [layer({}, -720)], 'cut out, scaled'],
    ['one turned a hair left of upright', [layer({}, 359.999)], 'cut out, scaled'],
    ['a mirrored one', [layer({ flipped: true })], 'cut out, scaled, mirrored'],
    ['a tint of white', [layer({ tint: { red: 1, green: 1, blue: 1 } })], 'cut out, scaled'],
    [
      'everything, over two pieces of one photo',
      [layer({ tint: { red: 1, green: 0.5, blue: 1 } }, -90), layer({ flipped: true, opacity: 0.5 })],
      'cut out, scaled, rotated, mirrored, tinted, made translucent',
    ],
  ])('of %s', (_, layers, expected) => {
    expect(describeChanges(layers)).toBe(expected);
  });
});
