import { Quality } from '@collage/proto/collage/v1/collage.js';

/** What a quality means, in numbers. Single options override them one by one. */
export interface Effort {
  /** Random layouts scored. */
  layoutCount: number;
  /** Variations of the best layout tried; whole rounds of seven. */
  variationCount: number;
  /** Steps of the background's fit, of each of its two starts. */
  backgroundIterationCount: number;
  /** Steps of the layout's climb. */
  iterationCount: number;
  /** Steps without a rise after which the climb ends. */
  patienceStepCount: number;
  /** Views a step. */
  viewCount: number;
  /** Cut-outs in the picture. */
  cutoutCount: number;
}

/**
 * `normal` has the article's numbers: 100 layouts, 100 background iterations (50 of each start: more win nothing) and 100
 * layout iterations, which end early when they win nothing. For like time more variations and less climbing win (`quality`
 * in bench/README.md).
 */
export const efforts = {
  [Quality.DRAFT]: {
    layoutCount: 25,
    variationCount: 42,
    backgroundIterationCount: 25,
    iterationCount: 25,
    patienceStepCount: 15,
    viewCount: 2,
    cutoutCount: 8,
  },
  [Quality.NORMAL]: {
    layoutCount: 100,
    variationCount: 280,
    backgroundIterationCount: 50,
    iterationCount: 100,
    patienceStepCount: 20,
    viewCount: 4,
    cutoutCount: 10,
  },
  [Quality.HIGH]: {
    layoutCount: 400,
    variationCount: 700,
    backgroundIterationCount: 100,
    iterationCount: 300,
    patienceStepCount: 40,
    viewCount: 8,
    cutoutCount: 14,
  },
} satisfies Record<Exclude<Quality, Quality.UNSPECIFIED | Quality.UNRECOGNIZED>, Effort>;
