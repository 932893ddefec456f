import { expect, it } from 'vitest';
import { stageNames } from '@collage/pipeline/stage-steps.js';
import { stageOrder } from './stage-order.js';

it('the order of the stages is that of the pipeline', () => {
  expect(stageOrder).toEqual(stageNames);
});
