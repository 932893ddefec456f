import { startFakeInferenceServer } from '@collage/inference/testing/fake-inference-server.js';
import { describeInference } from './describe-inference.js';

describeInference('the fake inference server', () => startFakeInferenceServer());
