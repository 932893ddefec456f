import { describe, it } from 'vitest';
import { describeInference } from './describe-inference.js';
import { sidecarMissing, startRealSidecar } from './real-sidecar.js';

if (sidecarMissing) {
  describe('the real sidecar', () => it.skip(sidecarMissing!, () => {}));
} else {
  // A queue so small that the contract's crowd is refused at first.
  describeInference('the real sidecar', () => startRealSidecar({ ENCODE_QUEUE_PHOTOS: '16' }));
}
