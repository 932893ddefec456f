import { Composer } from './composer.js';
import type { InferenceConnection } from './connection.js';
import { Embedder } from './embedder.js';
import type { Inference } from './inference.js';
import { Segmenter } from './segmenter.js';

/** What one sidecar can do. */
export function oneSidecar(connection: InferenceConnection): Inference {
  return {
    embedder: new Embedder(connection),
    segmenter: new Segmenter(connection),
    newComposer: (loadCutout, perceptor) => new Composer(connection, loadCutout, perceptor),
  };
}
