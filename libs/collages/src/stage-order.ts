import type { StageName } from '@collage/pipeline/stage-steps.js';

/** The names of the stages in their order, for those who make no collages and so load no stages. A test holds it to them. */
export const stageOrder = [
  'keyphrases',
  'photos',
  'cutouts',
  'background',
  'layouts',
  'optimize',
  'render',
  'credits',
] as const satisfies readonly StageName[];
