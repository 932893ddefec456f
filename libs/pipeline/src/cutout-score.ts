import type { Cutout, Ranking } from '@collage/proto/collage/v1/photo.js';
import { isGround } from '@collage/scene/layout-part.js';

/** Each photo border that cuts through a subject (the bottom apart: it can stand on the canvas edge) costs this. */
const CUT_BORDER_COST = 0.6;
/** A mask of confidence 0 costs this beside one of confidence 1. */
const DOUBT_COST = 1;
/** Under this share of its photo a cut-out is likely a scrap. */
const SMALL_AREA = 0.02;
const SMALL_AREA_COST = 1;
/** Under this long side, in pixels, a cut-out looks blurred beside the others on a canvas of 1,024. */
const FINE_SIDE = 480;
const BLUR_COST = 1.5;

/**
 * Ranking score less what would look bad on a canvas, in standard deviations of the ranking: a part cut off by its
 * photo's edge in mid-air, a doubtful mask, a scrap, a blur.
 */
export function cutoutScore(cutout: Cutout, ranking: Ranking): number {
  const { left, top, right } = cutout.borders ?? { left: false, top: false, right: false };
  const cutBorders = isGround(cutout) ? 0 : [left, top, right].filter(Boolean).length;
  return (
    ranking.score -
    CUT_BORDER_COST * cutBorders -
    DOUBT_COST * (1 - cutout.maskScore) -
    (cutout.areaFraction < SMALL_AREA ? SMALL_AREA_COST : 0) -
    BLUR_COST * Math.max(0, 1 - Math.max(cutout.width, cutout.height) / FINE_SIDE)
  );
}
