import type { ModelIdentity } from '@collage/proto/collage/v1/model.js';
import { InferenceError } from './inference-error.js';

/** A vector of length 1, and the model whose space it lies in. */
export interface ModelVector {
  readonly model: ModelIdentity;
  readonly values: Float32Array;
}

/**
 * Refuses an answer of another model than the one that a run works with: its numbers would look like any others, and
 * mean something else.
 *
 * @param what the numbers that came, such as "vectors"
 * @throws InferenceError `MODEL_CHANGED`
 */
export function mustBeOfModel(
  expected: ModelIdentity,
  receivedDigest: string | undefined,
  what: string,
): void {
  if (receivedDigest === expected.digest) return;
  throw new InferenceError(
    'MODEL_CHANGED',
    `Expected ${what} of the model ${expected.name} (digest ${short(expected.digest)}) but received some of ` +
      `another (digest ${short(receivedDigest)}): the sidecar was restarted with other models, or several sidecars ` +
      'answer that differ. Give all the same PERCEPTOR, SEGMENTER and weights, and run again.',
    'FAILED_PRECONDITION',
    { expected: expected.digest, received: receivedDigest ?? '' },
  );
}

function short(digest: string | undefined): string {
  return digest ? digest.slice(0, 12) : 'none';
}
