import { heldCenter, isCut, largestCutTurn } from './cut-sides.js';
import { halfExtent, type PlacedPart } from './layout-part.js';
import type { SizedPart } from './subject-sizes.js';

/** Best-candidate sampling (Mitchell 1991): so many places are drawn for each part and the best one is taken. */
const CANDIDATE_COUNT = 24;
/** Degrees. */
const MAX_TURN = 15;

/**
 * Gives each subject a place, a rotation and a flip, one after the other, largest first (so they paint behind).
 *
 * A side cut off by the photo lies on the canvas edge: below and above always, left or right on either side (flipped
 * to fit). Others keep clear of each other, heavier below, some air above; heroes are drawn to the lines of thirds.
 *
 * Convention: canvas heights, degrees clockwise.
 */
export function placeSubjects(sizes: SizedPart[], aspectRatio: number, random: () => number): PlacedPart[] {
  const placed: PlacedPart[] = [];
  for (const size of sizes) {
    let best: PlacedPart | undefined;
    let bestCost = Infinity;
    for (let draw = 0; draw < CANDIDATE_COUNT; draw++) {
      const candidate = drawPlace(size, aspectRatio, random);
      const cost = crowding(candidate, placed) + (size.isHero ? offThirds(candidate, aspectRatio) : 0);
      if (cost < bestCost) [best, bestCost] = [candidate, cost];
    }
    placed.push(best!);
  }
  return placed;
}

function drawPlace(
  { part, width, height }: SizedPart,
  aspectRatio: number,
  random: () => number,
): PlacedPart {
  // Three dice: nine of ten turns stay within 8 degrees.
  const dice = (random() + random() + random() - 1.5) / 1.5;
  const rotationDegrees = dice * (isCut(part) ? largestCutTurn({ width, height }) : MAX_TURN);
  const flipped = random() < 0.5;
  const half = halfExtent({ width, height, rotationDegrees });
  const [across, down] = [random(), random()];
  const held = heldCenter({ part, width, height, rotationDegrees, flipped }, aspectRatio);
  const x = held.x ?? between(half.x * 0.9, aspectRatio - half.x * 0.9, across);
  // The root puts half of the parts into the lower 3 / 10 of their room: weight below, air above.
  const y = held.y ?? between(half.y + 0.04, 1.01 - half.y, Math.sqrt(down));
  return { part, x, y, width, height, rotationDegrees, flipped };
}

/** Large where a part lies on others, smaller the farther it keeps from them, measured in their sizes. */
function crowding(candidate: PlacedPart, placed: PlacedPart[]): number {
  let overlap = 0;
  let nearest = Infinity;
  const half = halfExtent(candidate);
  for (const other of placed) {
    const otherHalf = halfExtent(other);
    const [dx, dy] = [Math.abs(candidate.x - other.x), Math.abs(candidate.y - other.y)];
    const across = Math.min(half.x + otherHalf.x - dx, 2 * half.x, 2 * otherHalf.x);
    const down = Math.min(half.y + otherHalf.y - dy, 2 * half.y, 2 * otherHalf.y);
    const smaller = Math.min(half.x * half.y, otherHalf.x * otherHalf.y) * 4;
    if (across > 0 && down > 0) overlap += (across * down) / smaller;
    nearest = Math.min(nearest, Math.hypot(dx / (half.x + otherHalf.x), dy / (half.y + otherHalf.y)));
  }
  return 2 * overlap - 0.3 * Math.min(nearest, 1.5);
}

/** Distance to the nearer vertical line of thirds and to the lower horizontal one, in canvas sizes. */
function offThirds({ x, y }: PlacedPart, aspectRatio: number): number {
  const share = x / aspectRatio;
  return Math.min(Math.abs(share - 1 / 3), Math.abs(share - 2 / 3)) + 0.5 * Math.abs(y - 0.6);
}

/** Between two bounds; in the middle of them where they have crossed (a part larger than its room). */
function between(low: number, high: number, share: number): number {
  return low < high ? low + (high - low) * share : (low + high) / 2;
}
