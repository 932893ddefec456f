import type { Blobs } from '@collage/blobs/blobs.js';
import { photoForModel } from '@collage/photos/read-photo.js';
import { photoAsCutout } from '@collage/render/photo-as-cutout.js';
import { Cutout, type Photo } from '@collage/proto/collage/v1/photo.js';
import type { CutoutCandidate } from './choose-cutouts.js';
import { CUT_SIDE } from './segment-cached.js';

/** A cut-out that no perceptor has looked at. */
export type UnseenCutout = Omit<CutoutCandidate, 'vector'>;

/** A whole photo as a cut-out without a hole: it touches all four borders, so layouts lay it behind everything. */
export async function photoAsGround(photo: Photo, blobs: Blobs): Promise<UnseenCutout> {
  const { png, width, height } = await photoAsCutout(
    await photoForModel(await blobs.get(photo.digest), CUT_SIDE),
  );
  const digest = await blobs.put(png);
  const cutout = Cutout.create({
    digest,
    photoDigest: photo.digest,
    width,
    height,
    box: { left: 0, top: 0, width, height },
    areaFraction: 1,
    maskScore: 1,
    borders: { left: true, top: true, right: true, bottom: true },
    ranking: photo.ranking,
  });
  return { cutout, photo };
}
