import { expect, it } from 'vitest';
import { stageNames } from '@collage/pipeline/stage-steps.js';
import { UnfinishedCollage } from '@collage/proto/collage/v1/collage.js';
import { STAGE_VERSION } from './stage-version.js';

it('is raised when stages, or what they hand on, are other than what earlier workers left', () => {
  // If this fails: is an UnfinishedCollage of the version before still read rightly by every stage? If not, raise
  // STAGE_VERSION; then write down here what is now.
  expect({
    version: STAGE_VERSION,
    stages: stageNames,
    fields: Object.keys(UnfinishedCollage.create()),
  }).toEqual({
    version: '1',
    stages: ['keyphrases', 'photos', 'cutouts', 'background', 'layouts', 'optimize', 'render', 'credits'],
    fields: ['collage', 'options', 'spareCutouts', 'sparePhotos', 'spentSeconds', 'rendered'],
  });
});
