import { describe, it } from 'vitest';
import { describeInference } from './describe-inference.js';
import { sidecarMissing, startRealSidecar } from './real-sidecar.js';

if (sidecarMissing) {
  describe('the real sidecar', () => it.skip(sidecarMissing!, () => {}));
} else {
  describeInference('the real sidecar', () => startRealSidecar());
}
