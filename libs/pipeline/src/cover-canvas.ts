import type { Cutout } from '@collage/proto/collage/v1/photo.js';
import type { Layer } from '@collage/proto/collage/v1/scene.js';

/** Larger than the canvas by this much, so that the climb may move it a little without baring an edge. */
const MARGIN = 1.1;

/**
 * A layer that covers the whole canvas with a cut-out, keeping its proportions.
 *
 * Convention: canvas heights; the cut-out's center lies on the canvas's.
 */
export function coverCanvas({ digest, width, height }: Cutout, aspectRatio: number): Layer {
  return {
    cutoutDigest: digest,
    placement: {
      centerX: aspectRatio / 2,
      centerY: 0.5,
      height: MARGIN * Math.max(1, (aspectRatio * height) / width),
      rotationDegrees: 0,
    },
    opacity: 1,
    tint: undefined,
    flipped: false,
  };
}
