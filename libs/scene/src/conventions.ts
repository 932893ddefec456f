/**
 * What the numbers of a scene mean, in one place; `scene.proto` says the same, `test/scenes` pins it with pictures.
 *
 * Convention:
 * | thing          | here                                                                                          |
 * | -------------- | --------------------------------------------------------------------------------------------- |
 * | origin, axes   | top left corner, x runs right, y runs down                                                    |
 * | unit           | the canvas height is 1, its width is the aspect ratio; pixels appear in renderers only        |
 * | angle          | degrees, clockwise as displayed; a gradient of angle 0 runs from top to bottom                |
 * | pixel grid     | continuous: 0 is the edge of the first pixel, its center lies at 0.5                          |
 * | alpha          | cut-outs hold straight alpha and are premultiplied before any resampling                      |
 * | color          | non-linear sRGB in [0, 1], blended as such                                                    |
 * | painting order | list order, the last layer on top                                                             |
 * | flip           | left to right, before the rotation                                                            |
 * | scale down     | means of 2^n x 2^n pixels first, see `mipLevel`, then one bilinear sample                      |
 */

/** Width divided by height. */
export const ASPECT_RATIO_LIMITS = { min: 0.1, max: 10 } as const;
/** Colors along a gradient. */
export const STOP_COUNT_LIMITS = { min: 1, max: 16 } as const;
/** As many as the options of a collage allow cut-outs. */
export const MAX_LAYER_COUNT = 300;
/** Centers and heights beyond this many canvas heights are a mistake, and would overflow a renderer's integers. */
export const MAX_PLACEMENT = 100;
/** Rendered heights, in pixels. */
export const HEIGHT_PIXELS_LIMITS = { min: 1, max: 4096 } as const;

/** Width of the canvas in whole pixels; placements are never rounded with it. */
export function canvasWidth(aspectRatio: number, heightPixels: number): number {
  return Math.max(1, Math.round(heightPixels * aspectRatio));
}

/**
 * The down-scaling rule all renderers share: how often a cut-out is halved before it is sampled.
 *
 * Convention: level n stands for means of 2^n x 2^n premultiplied pixels, the cut-out being padded right and below with
 * transparent pixels to whole blocks. What is left to the bilinear sample is a scale above 0.5.
 *
 * @param scale canvas pixels per cut-out pixel, above 0
 */
export function mipLevel(scale: number): number {
  return Math.max(0, Math.floor(Math.log2(1 / scale)));
}
