import { library } from '../collages/workshop.mjs';

const { seededRandom } = await library('scene/src/seeded-random.js');
const DRAWS = 10_000;

/** Three significant digits. */
export const round = (value) => Number(value.toPrecision(3));

/** p50, p99 and the largest of some times in milliseconds. */
export function percentiles(milliseconds) {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const at = (share) => round(sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]);
  return { p50: at(0.5), p99: at(0.99), max: at(1), count: sorted.length };
}

/**
 * How two costs compare that were taken in pairs: the ratio of their sums with its 95 % interval, and their mean
 * difference likewise; by bootstrap over the pairs, seeded. As bench/speed/paired_ratio.py.
 *
 * @param pairs [ours, floor] each, in seconds
 */
export function comparePairs(pairs) {
  const random = seededRandom(0, 'bootstrap');
  const compared = (some) => {
    const [ours, floor] = [0, 1].map((index) => some.reduce((sum, pair) => sum + pair[index], 0));
    return { ratio: ours / floor, added: (ours - floor) / some.length };
  };
  const draws = Array.from({ length: DRAWS }, () =>
    compared(pairs.map(() => pairs[Math.floor(random() * pairs.length)])),
  );
  const interval = (key) => {
    const sorted = draws.map((draw) => draw[key]).sort((a, b) => a - b);
    return [0.025, 0.975].map((share) => round(sorted[Math.floor(share * (DRAWS - 1))]));
  };
  const { ratio, added } = compared(pairs);
  const mean = (index) => round(pairs.reduce((sum, pair) => sum + pair[index], 0) / pairs.length);
  return {
    ratio: Number(ratio.toFixed(4)),
    ratioInterval: interval('ratio'),
    addedSeconds: round(added),
    addedInterval: interval('added'),
    oursSeconds: mean(0),
    floorSeconds: mean(1),
    pairs: pairs.length,
  };
}
