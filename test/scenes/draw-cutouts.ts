/** The cut-outs of the conformance scenes, drawn by code; each shows up one mistake. */
import type { CutoutPixels } from './reference-render.js';

type Rgba = [number, number, number, number];

/** Named drawings; the names are used by the scenes only, files are named by digest. */
export const drawings: Record<string, () => CutoutPixels> = {
  // A soft disk over transparent pixels of a loud color: the color shows when alpha is not premultiplied.
  disk: () =>
    draw(61, 61, (x, y) => {
      const alpha = Math.min(1, Math.max(0, (26 - Math.hypot(x - 30.5, y - 30.5)) / 4));
      return alpha > 0 ? [220, 60, 40, Math.round(alpha * 255)] : [0, 255, 0, 0];
    }),
  // A letter F on a translucent plate: no mirror or turn of it looks like another.
  letter: () =>
    draw(40, 56, (x, y) => {
      const stem = x > 8 && x < 16 && y > 6 && y < 50;
      const bars = (y > 6 && y < 14 && x > 8 && x < 34) || (y > 24 && y < 32 && x > 8 && x < 28);
      return stem || bars ? [25, 40, 90, 255] : [250, 220, 120, 160];
    }),
  // Fine stripes, opaque up to the border; sizes no power of two divides: aliasing and padding show.
  stripes: () =>
    draw(149, 101, (x, y) => (Math.floor(x) % 4 < 2 !== Math.floor(y / 50) % 2 < 1 ? [240, 240, 240, 255] : [20, 90, 60, 255])),
  // Alpha runs from clear to opaque while the color changes.
  ramp: () => draw(64, 32, (x, y) => [Math.round(x * 4) - 2, 128, Math.round(255 - y * 8), Math.round((x / 64) * 255)]),
  // Every pixel its own color: a shift by half a pixel shows.
  checks: () =>
    draw(32, 24, (x, y) => ((Math.floor(x) + Math.floor(y)) % 2 ? [255, 255, 255, 255] : [Math.floor(x) * 8, Math.floor(y) * 10, 0, 255])),
};

/** Convention: the color function gets pixel centers, such as (0.5, 0.5), and gives straight 8-bit RGBA. */
function draw(width: number, height: number, color: (x: number, y: number) => Rgba): CutoutPixels {
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set(color(x + 0.5, y + 0.5), (y * width + x) * 4);
  }
  return { data, width, height };
}
