import type { LayoutPart, PlacedPart } from './layout-part.js';

/** Cut sides lie this far beyond the canvas edge, in their part's own size: no seam at any pixel height. */
const OVERHANG_SHARE = 0.02;
const MAX_CUT_TURN = 3;

/** What decides where a part's cut sides may lie. */
export type Turned = Pick<PlacedPart, 'part' | 'width' | 'height' | 'rotationDegrees' | 'flipped'>;

/** Whether the photo's frame cut this part off anywhere. */
export function isCut({ borders }: Pick<LayoutPart, 'borders'>): boolean {
  return Boolean(borders && (borders.left || borders.top || borders.right || borders.bottom));
}

/**
 * Where the center must be so that the sides which the photo's frame cut off lie on the canvas edge: below and above
 * always, left or right where it is one of them. A coordinate that is free is absent.
 *
 * Convention: canvas heights; a flipped part's left border faces right.
 */
export function heldCenter(turned: Turned, aspectRatio: number): { x?: number; y?: number } {
  const { borders } = turned.part;
  const reach = edgeReach(turned);
  const overhang = { x: OVERHANG_SHARE * turned.width, y: OVERHANG_SHARE * turned.height };
  const isOneSide = borders !== undefined && borders.left !== borders.right;
  const facesLeft = isOneSide && borders.left !== turned.flipped;
  return {
    ...(isOneSide && { x: facesLeft ? reach.x - overhang.x : aspectRatio - reach.x + overhang.x }),
    ...(borders?.bottom ? { y: 1 - reach.y + overhang.y } : borders?.top ? { y: reach.y - overhang.y } : {}),
  };
}

/** Degrees: a turned cut side sinks below its edge at one end, by 6 % of the part at most, so long parts hardly turn. */
export function largestCutTurn({ width, height }: Pick<LayoutPart, 'width' | 'height'>): number {
  const slope = 0.06 * Math.min(width / height, height / width);
  return Math.min(MAX_CUT_TURN, (Math.asin(slope) * 180) / Math.PI);
}

/** Distance of the center from the canvas edge at which a turned side lies wholly on or beyond that edge. */
function edgeReach({ width, height, rotationDegrees }: Turned): { x: number; y: number } {
  const angle = (rotationDegrees * Math.PI) / 180;
  const [cos, sin] = [Math.abs(Math.cos(angle)), Math.abs(Math.sin(angle))];
  return { x: (width * cos - height * sin) / 2, y: (height * cos - width * sin) / 2 };
}
