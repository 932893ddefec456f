import type { StageName } from '@collage/pipeline/stage-steps.js';
import type { CollageOptions } from '@collage/proto/collage/v1/collage.js';

/** For each option the last stage from which on a collage may be made again with another value: later ones do not read it. */
export const optionStages = {
  partsOfSpeech: 'keyphrases',
  keyphrases: 'keyphrases',
  photoCount: 'photos',
  licenses: 'photos',
  noncommercialAllowed: 'photos',
  cutoutCount: 'cutouts',
  backgroundMode: 'cutouts',
  background: 'background',
  backgroundIterationCount: 'background',
  aspectRatio: 'layouts',
  layoutCount: 'layouts',
  variationCount: 'layouts',
  // These steer each of the stages from the background to the climb.
  seed: 'optimize',
  negatives: 'optimize',
  timeBudgetSeconds: 'optimize',
  viewCount: 'optimize',
  quality: 'optimize',
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
