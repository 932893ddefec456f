import type { StageName } from '@collage/pipeline/stage-steps.js';
import type { CollageOptions } from '@collage/proto/collage/v1/collage.js';

/** For each option the first stage that reads it: from there on a collage may be made again with another value. */
export const optionStages = {
  partsOfSpeech: 'keyphrases',
  keyphrases: 'keyphrases',
  photoCount: 'photos',
  licenses: 'photos',
  noncommercialAllowed: 'photos',
  cutoutCount: 'cutouts',
  backgroundMode: 'cutouts',
  aspectRatio: 'background',
  background: 'background',
  backgroundIterationCount: 'background',
  // What was found stays as it is; seeds and the words to avoid steer what is made of it.
  seed: 'background',
  negatives: 'background',
  timeBudgetSeconds: 'background',
  viewCount: 'background',
  quality: 'background',
  layoutCount: 'layouts',
  variationCount: 'layouts',
  iterationCount: 'optimize',
  patienceStepCount: 'optimize',
  heightPixels: 'render',
  pictureFormat: 'render',
} as const satisfies Record<keyof CollageOptions, StageName>;

/** Counts that a quality or a time budget sets where the client does not. */
export const effortOptions = [
  'layoutCount',
  'variationCount',
  'backgroundIterationCount',
  'iterationCount',
  'patienceStepCount',
  'viewCount',
] as const satisfies readonly (keyof CollageOptions)[];
