import type { ModelIdentity } from '@collage/proto/collage/v1/model.js';
import { createHash } from 'node:crypto';

/** A model that was never trained, named so that nobody takes it for another. */
export function fakeModel(name: string): ModelIdentity {
  const digest = createHash('sha256').update(`${name} 1`).digest('hex');
  return { name, revision: '1', digest, weightsAreRandom: true, license: 'CC0-1.0' };
}

/** The fake perceptor: see `fake-vectors.ts`. */
export const fakePerceptor = fakeModel('fake-perceptor');

/** The fake segmenter: see `fake-segmentation.ts`. */
export const fakeSegmenter = fakeModel('fake-segmenter');

/** What a fake sidecar says it works with; a test may exchange them, as a restart or another sidecar would. */
export class FakeModels {
  perceptor = fakePerceptor;
  segmenter = fakeSegmenter;
}
