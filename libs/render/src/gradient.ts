import type { Gradient } from '@collage/proto/collage/v1/scene.js';
import { gradientLine } from '@collage/scene/gradient-line.js';

/** 8-bit RGB rows from top to bottom. */
export interface RawPicture {
  data: Buffer;
  width: number;
  height: number;
  channels: 3;
}

/** Color at a place along the gradient line, in [0, 1], as [red, green, blue]; the ends hold beyond 0 and 1. */
export function gradientColorAt({ stops }: Gradient, place: number): [number, number, number] {
  const after = stops.findIndex(({ offset }) => offset > place);
  const end = stops.at(after)!;
  const start = after > 0 ? stops[after - 1]! : end;
  const share = end.offset > start.offset ? (place - start.offset) / (end.offset - start.offset) : 0;
  const mix = (channel: 'red' | 'green' | 'blue'): number =>
    start.color![channel] + share * (end.color![channel] - start.color![channel]);
  return [mix('red'), mix('green'), mix('blue')];
}

/**
 * The background alone.
 *
 * Convention: each pixel takes the color at its center; direction and length of the line as in `gradientLine`;
 * interpolated and rounded in non-linear sRGB.
 */
export function renderGradient(gradient: Gradient, width: number, height: number): RawPicture {
  const { x1, y1, x2, y2 } = gradientLine(gradient.angleDegrees, width, height);
  const length = Math.hypot(x2 - x1, y2 - y1);
  const [right, down] = [(x2 - x1) / length ** 2, (y2 - y1) / length ** 2];
  const data = Buffer.alloc(width * height * 3);
  for (let y = 0, index = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const place = (x + 0.5 - x1) * right + (y + 0.5 - y1) * down;
      for (const channel of gradientColorAt(gradient, place)) data[index++] = Math.round(channel * 255);
    }
  }
  return { data, width, height, channels: 3 };
}
