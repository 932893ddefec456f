import type { Borders } from '@collage/proto/collage/v1/photo.js';
import type { Layer } from '@collage/proto/collage/v1/scene.js';

/** What a layout needs to know of a cut-out. */
export interface LayoutPart {
  /** SHA-256 of the cut-out. */
  digest: string;
  /** Of the cut-out, in pixels; only the proportions count. */
  width: number;
  height: number;
  /** Edges of its photo it touches; absent: none. */
  borders?: Borders;
  /** How well it fits the prompt; only the order counts. */
  score: number;
  /** Keyphrase it serves. */
  keyphraseIndex: number;
}

/** Narrower parts are portraits, whatever sides their photo cut off. */
const LEAST_GROUND_PROPORTION = 1.2;

/**
 * A landscape rather than a thing: it fills the lower part of its photo from side to side. An animal that fills its
 * photo's width touches both sides as well, but seldom the lower edge too.
 */
export function isGround({
  borders,
  width,
  height,
}: Pick<LayoutPart, 'borders' | 'width' | 'height'>): boolean {
  return (
    Boolean(borders?.left && borders.right && borders.bottom) && width >= LEAST_GROUND_PROPORTION * height
  );
}

/** A part with the place it got. Convention: canvas heights, degrees clockwise; width and height before rotation. */
export interface PlacedPart {
  part: LayoutPart;
  x: number;
  y: number;
  width: number;
  height: number;
  rotationDegrees: number;
  flipped: boolean;
}

/** Half the upright box around a rotated part. */
export function halfExtent(size: Pick<PlacedPart, 'width' | 'height' | 'rotationDegrees'>): {
  x: number;
  y: number;
} {
  const angle = (size.rotationDegrees * Math.PI) / 180;
  const [cos, sin] = [Math.abs(Math.cos(angle)), Math.abs(Math.sin(angle))];
  return { x: (size.width * cos + size.height * sin) / 2, y: (size.width * sin + size.height * cos) / 2 };
}

/** A placed part as a layer: opaque, untinted. */
export function toLayer({ part, x, y, height, rotationDegrees, flipped }: PlacedPart): Layer {
  return {
    cutoutDigest: part.digest,
    placement: { centerX: x, centerY: y, height, rotationDegrees },
    opacity: 1,
    tint: undefined,
    flipped,
  };
}

/** The part that a layer places; the other way round. */
export function toPlacedPart({ placement, flipped }: Layer, part: LayoutPart): PlacedPart {
  const { centerX, centerY, height, rotationDegrees } = placement!;
  const width = (height * part.width) / part.height;
  return { part, x: centerX, y: centerY, width, height, rotationDegrees, flipped };
}
