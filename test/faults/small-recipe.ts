import type { Ask } from './collages-client.js';

/** Of the recipe that the proofs make: eight photos, five layouts, ten steps, 320 x 200. */
const options = {
  heightPixels: 200,
  aspectRatio: 1.6,
  photoCount: 8,
  cutoutCount: 4,
  layoutCount: 5,
  viewCount: 1,
  variationCount: 7,
  backgroundIterationCount: 2,
  iterationCount: 10,
  patienceStepCount: -1,
};
const colors = ['red', 'yellow', 'blue', 'green', 'purple', 'orange', 'turquoise', 'brown'];
const things = ['disk', 'balloon', 'ball', 'button', 'plate'];

/** One of forty requests, each with words and a seed of its own, so that little of one is in the caches for another. */
export function smallAsk(index: number, more: Record<string, unknown> = {}): Ask {
  const color = colors[index % colors.length]!;
  const thing = things[Math.floor(index / colors.length) % things.length]!;
  const other = colors[(3 * index + 1) % colors.length]!;
  return {
    prompt: `a ${color} ${thing} over a ${other} field`,
    options: { ...options, seed: 1000 + index, ...more },
  };
}
