import type { Layer } from '@collage/proto/collage/v1/scene.js';

/** Below this many degrees a turn moves no corner of a 4,096 px picture by half a pixel. */
const UNTURNED_DEGREES = 0.01;

/**
 * What was done to a photo to place its cut-outs, as a credit must say it:
 * "cut out, scaled, rotated, mirrored". A change made to one of the layers is named; the order is fixed.
 * "Scaled" is always among them: a placement is in canvas heights and knows no original size.
 * @param layers every layer that shows a piece of the photo, at least one
 * @param isCutOut false for a photo that is shown whole
 */
export function describeChanges(layers: readonly Layer[], isCutOut = true): string {
  const changes = [
    ['cut out', isCutOut],
    ['scaled', true],
    ['rotated', layers.some(isRotated)],
    ['mirrored', layers.some((layer) => layer.flipped)],
    ['tinted', layers.some(isTinted)],
    ['made translucent', layers.some((layer) => layer.opacity < 1)],
  ] as const;
  return changes
    .filter(([, done]) => done)
    .map(([change]) => change)
    .join(', ');
}

function isRotated({ placement }: Layer): boolean {
  const turn = Math.abs((placement?.rotationDegrees ?? 0) % 360);
  return Math.min(turn, 360 - turn) > UNTURNED_DEGREES;
}

function isTinted({ tint }: Layer): boolean {
  return tint !== undefined && (tint.red !== 1 || tint.green !== 1 || tint.blue !== 1);
}
