import type { Layer } from '@collage/proto/collage/v1/scene.js';
import { heldCenter, isCut, largestCutTurn } from './cut-sides.js';
import { isGround, type LayoutPart, type PlacedPart, toLayer, toPlacedPart } from './layout-part.js';
import { LEAST_GROUND_OVERSIZE, MAX_SUNK_SHARE } from './place-grounds.js';

/**
 * How often each kind of change is tried. Shifts and sizes win most often; the others find what those cannot reach.
 */
const CHANCES = { shift: 0.4, resize: 0.3, trade: 0.1, reorder: 0.1, turn: 0.05, flip: 0.05 } as const;
type Kind = keyof typeof CHANCES;

/** Standard deviations: canvas heights, canvas heights, factors of e, degrees. */
const SHIFT_ACROSS = 0.2;
const SHIFT_DOWN = 0.12;
const RESIZE = 0.3;
const TURN = 6;
const MAX_TURN = 20;
/** Subjects stay within these heights, in canvas heights, and no wider than so many canvas widths. */
const HEIGHTS = [0.1, 1.1] as const;
const MAX_WIDTH_SHARE = 0.9;
const GROUND_MAX_OVERSIZE = 1.5;

/**
 * A layout that differs from another in one thing: a part shifted, resized, turned or mirrored, two that trade places,
 * or two that trade their order. Sides cut off by their photo stay on the canvas edge, grounds stay as wide as the canvas.
 *
 * @param layers in painting order; only those whose part is in `parts` are varied, those before the others stay behind
 * @param parts by digest
 * @param random numbers in [0, 1), see `seededRandom`
 */
export function varyLayout(
  layers: Layer[],
  parts: ReadonlyMap<string, LayoutPart>,
  aspectRatio: number,
  random: () => number,
): Layer[] {
  const free = layers.flatMap(({ cutoutDigest }, index) => (parts.has(cutoutDigest) ? [index] : []));
  if (free.length === 0) return layers;
  const pick = (from: number[]) => from[Math.floor(random() * from.length)]!;
  const kind = drawKind(random());
  const index = pick(free);
  const placed = toPlacedPart(layers[index]!, parts.get(layers[index]!.cutoutDigest)!);
  const alike = free.filter(
    (other) => other !== index && isGround(parts.get(layers[other]!.cutoutDigest)!) === isGround(placed.part),
  );
  if ((kind === 'trade' || kind === 'reorder') && alike.length > 0) {
    const other = pick(alike);
    const varied = [...layers];
    if (kind === 'reorder') [varied[index], varied[other]] = [layers[other]!, layers[index]!];
    else {
      const neighbor = toPlacedPart(layers[other]!, parts.get(layers[other]!.cutoutDigest)!);
      varied[index] = toLayer(settle({ ...placed, x: neighbor.x, y: neighbor.y }, aspectRatio));
      varied[other] = toLayer(settle({ ...neighbor, x: placed.x, y: placed.y }, aspectRatio));
    }
    return varied;
  }
  return layers.with(index, toLayer(settle(changed(placed, kind, random), aspectRatio)));
}

/** The layout with another part in the place of `old` in a layer, its rectangle as large as that one's. */
export function replacePart(
  layers: Layer[],
  index: number,
  old: LayoutPart,
  part: LayoutPart,
  aspectRatio: number,
): Layer[] {
  const placed = toPlacedPart(layers[index]!, old);
  const area = placed.width * placed.height;
  const height = Math.sqrt((area * part.height) / part.width);
  return layers.with(index, toLayer(settle({ ...placed, part, height, width: area / height }, aspectRatio)));
}

function drawKind(draw: number): Kind {
  let sum = 0;
  for (const [kind, chance] of Object.entries(CHANCES)) if (draw < (sum += chance)) return kind as Kind;
  return 'shift';
}

function changed(placed: PlacedPart, kind: Kind, random: () => number): PlacedPart {
  switch (kind) {
    case 'resize': {
      const factor = Math.exp(RESIZE * gaussian(random));
      return { ...placed, width: placed.width * factor, height: placed.height * factor };
    }
    case 'turn':
      return { ...placed, rotationDegrees: placed.rotationDegrees + TURN * gaussian(random) };
    case 'flip':
      return { ...placed, flipped: !placed.flipped };
    default:
      return {
        ...placed,
        x: placed.x + SHIFT_ACROSS * gaussian(random),
        y: placed.y + SHIFT_DOWN * gaussian(random),
      };
  }
}

/** Brings a part back to where a part like it may be. */
function settle(placed: PlacedPart, aspectRatio: number): PlacedPart {
  return isGround(placed.part) ? settleGround(placed, aspectRatio) : settleSubject(placed, aspectRatio);
}

function settleSubject(placed: PlacedPart, aspectRatio: number): PlacedPart {
  const proportion = placed.part.width / placed.part.height;
  const highest = Math.min(HEIGHTS[1], (MAX_WIDTH_SHARE * aspectRatio) / proportion);
  const height = Math.max(Math.min(HEIGHTS[0], highest), Math.min(highest, placed.height));
  const width = height * proportion;
  const turn = isCut(placed.part) ? largestCutTurn({ width, height }) : MAX_TURN;
  const rotationDegrees = clamp(placed.rotationDegrees, -turn, turn);
  const sized = { ...placed, width, height, rotationDegrees };
  const held = heldCenter(sized, aspectRatio);
  return { ...sized, x: held.x ?? clamp(placed.x, 0, aspectRatio), y: held.y ?? clamp(placed.y, 0, 1) };
}

/** Wider than the canvas and resting on its lower edge or below; one cut off on all sides covers the canvas. */
function settleGround(placed: PlacedPart, aspectRatio: number): PlacedPart {
  const proportion = placed.part.width / placed.part.height;
  const isBackdrop = placed.part.borders?.top === true;
  const least = LEAST_GROUND_OVERSIZE * (isBackdrop ? Math.max(aspectRatio, proportion) : aspectRatio);
  const width = clamp(placed.width, least, GROUND_MAX_OVERSIZE * least);
  const height = width / proportion;
  const slackAcross = (width - aspectRatio) / 2;
  const lowest = isBackdrop ? 1 : 1 + MAX_SUNK_SHARE * height;
  return {
    ...placed,
    width,
    height,
    rotationDegrees: 0,
    x: clamp(placed.x, aspectRatio / 2 - slackAcross, aspectRatio / 2 + slackAcross),
    y: clamp(placed.y, 1.004 - height / 2, isBackdrop ? Math.max(0.5, height / 2) : lowest - height / 2),
  };
}

/** Box and Muller 1958. */
function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
