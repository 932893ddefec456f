import type { Cutout, Photo } from '@collage/proto/collage/v1/photo.js';
import type { Scene } from '@collage/proto/collage/v1/scene.js';
import { CUT_SIDE } from './segment-cached.js';

/** Up to here scaling up is not seen. */
const LEAST_ENLARGEMENT = 1.1;

/** A photo whose cut-outs are drawn at more pixels than they have. */
export interface WantedLarger {
  photo: Photo;
  /** Those of its cut-outs. */
  cutouts: Cutout[];
  /** Pixels that the photo had as it was cut. */
  cutFrom: { width: number; height: number };
  /** Pixels of width the photo needs, that each of the cut-outs is drawn at its own pixels or fewer. */
  width: number;
}

/** The photos of which a scene, drawn at this height in pixels, shows more than was cut; in the order of the photos. */
export function wantedLarger(
  scene: Scene,
  heightPixels: number,
  photos: readonly Photo[],
  cutouts: readonly Cutout[],
): WantedLarger[] {
  const enlargements = new Map<string, number>();
  for (const { cutoutDigest, placement, opacity } of scene.layers) {
    const cutout = cutouts.find(({ digest }) => digest === cutoutDigest);
    if (!cutout || opacity === 0) continue;
    const factor = (placement!.height * heightPixels) / cutout.height;
    enlargements.set(cutoutDigest, Math.max(factor, enlargements.get(cutoutDigest) ?? 0));
  }
  return photos.flatMap((photo) => {
    const own = cutouts.filter(
      ({ digest, photoDigest }) =>
        photoDigest === photo.digest && (enlargements.get(digest) ?? 0) > LEAST_ENLARGEMENT,
    );
    if (own.length === 0) return [];
    const cutFrom = sizeAsCut(photo);
    const factor = Math.max(...own.map(({ digest }) => enlargements.get(digest)!));
    return [{ photo, cutouts: own, cutFrom, width: Math.ceil(cutFrom.width * factor) }];
  });
}

/** Photos are cut at their own size, or scaled down to fit CUT_SIDE. */
function sizeAsCut({ width, height }: Photo): { width: number; height: number } {
  const scale = Math.min(1, CUT_SIDE / Math.max(width, height));
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}
