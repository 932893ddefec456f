import { type LayoutPart, type PlacedPart } from './layout-part.js';
import { shuffledByScore } from './shuffle.js';

/** Chances of no, one and two grounds where there are enough. */
const NO_GROUND_CHANCE = 0.08;
const TWO_GROUNDS_CHANCE = 0.35;
/** Wider than the canvas by so much, so that a climb may move or turn it a little without baring an edge. */
export const LEAST_GROUND_OVERSIZE = 1.06;
const OVERSIZE_RANGE = 0.12;
/** How much of a ground in the back must show above the one in front: in canvas heights, and of its own height. */
const STEP_BETWEEN_GROUNDS = 0.12;
const SHOWN_SHARE = 0.4;
/** A ground may sink below the canvas by at most this share of its height. */
export const MAX_SUNK_SHARE = 0.35;

/**
 * Places at most two grounds: a little wider than the canvas and on its bottom edge, sunk a little when they would
 * fill the canvas; one that its photo cut off on all sides covers the canvas. The higher one comes first (behind).
 *
 * Convention: canvas heights; no rotation, so that no gap opens at an edge.
 */
export function placeGrounds(
  parts: LayoutPart[],
  minCount: number,
  aspectRatio: number,
  random: () => number,
): PlacedPart[] {
  const wanted = Math.max(minCount, drawCount(random));
  const placed: PlacedPart[] = [];
  for (const part of shuffledByScore(parts, random)) {
    if (placed.length === wanted) break;
    const ground = placeGround(part, aspectRatio, random);
    if (placed.every((other) => bothShow(other, ground))) placed.push(ground);
  }
  return placed.sort((one, other) => topOf(one) - topOf(other));
}

function bothShow(one: PlacedPart, other: PlacedPart): boolean {
  const [behind, before] = topOf(one) < topOf(other) ? [one, other] : [other, one];
  return topOf(before) - topOf(behind) >= Math.max(STEP_BETWEEN_GROUNDS, SHOWN_SHARE * behind.height);
}

function drawCount(random: () => number): number {
  const draw = random();
  if (draw < NO_GROUND_CHANCE) return 0;
  return draw < 1 - TWO_GROUNDS_CHANCE ? 1 : 2;
}

function placeGround(part: LayoutPart, aspectRatio: number, random: () => number): PlacedPart {
  const isBackdrop = part.borders?.top === true;
  // A photo cut off on all sides has no skyline: it fills the canvas, or its upper edge would show in mid-air.
  const least = isBackdrop ? Math.max(aspectRatio, part.width / part.height) : aspectRatio;
  const width = least * (LEAST_GROUND_OVERSIZE + OVERSIZE_RANGE * random());
  const height = (width * part.height) / part.width;
  const slack = (width - aspectRatio) / 2;
  const x = aspectRatio / 2 + slack * 0.9 * (2 * random() - 1);
  return {
    part,
    x,
    y: isBackdrop ? 0.5 : drawY(height, random),
    width,
    height,
    rotationDegrees: 0,
    flipped: random() < 0.5,
  };
}

/** Resting on the canvas's bottom edge, or sunk to where its upper edge makes a horizon. */
function drawY(height: number, random: () => number): number {
  const horizon = 0.35 + 0.3 * random();
  return 1.004 - height / 2 + Math.min(Math.max(0, horizon - (1 - height)), MAX_SUNK_SHARE * height);
}

function topOf({ y, height }: PlacedPart): number {
  return y - height / 2;
}
