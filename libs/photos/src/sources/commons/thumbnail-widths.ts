/**
 * Widths of thumbnails, in pixels, that Wikimedia serves; others are refused with 429.
 * Source: mediawiki.org, Common thumbnail sizes; those too small for a collage are left out.
 */
export const THUMBNAIL_WIDTHS = [960, 1280, 1920, 3840] as const;
export type ThumbnailWidth = (typeof THUMBNAIL_WIDTHS)[number];

/**
 * The narrowest thumbnail, from `width` up, whose shorter side has at least `minShortSide` pixels; a panorama needs a
 * wider one than others. The widest where none has.
 * @param original size of the original in pixels, as displayed
 */
export function thumbnailWidth(
  original: { width: number; height: number },
  width: ThumbnailWidth,
  minShortSide: number,
): ThumbnailWidth {
  const shortSide = (wide: number): number => {
    const scale = Math.min(1, wide / original.width);
    return Math.round(Math.min(original.width, original.height) * scale);
  };
  return (
    THUMBNAIL_WIDTHS.find((candidate) => candidate >= width && shortSide(candidate) >= minShortSide) ?? 3840
  );
}

/** The narrowest thumbnail that is at least so wide, in pixels; the widest where none is. */
export function atLeastWide(width: number): ThumbnailWidth {
  return THUMBNAIL_WIDTHS.find((candidate) => candidate >= width) ?? 3840;
}
