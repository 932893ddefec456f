import { openStores } from '@collage/blobs/open-stores.js';
import { Composer } from '@collage/inference/composer.js';
import type { InferenceConnection } from '@collage/inference/connection.js';
import { Embedder } from '@collage/inference/embedder.js';
import { Segmenter } from '@collage/inference/segmenter.js';
import type { PhotoSource } from '@collage/photos/photo-source.js';
import type { CollageTools } from '../collage-tools.js';

/** Tools that keep their data in a folder and know one sidecar; the clock stands still. */
export function fakeTools(
  connection: InferenceConnection,
  sources: PhotoSource[],
  folder: string,
): CollageTools {
  const { blobs, derived } = openStores('', folder);
  return {
    sources,
    blobs,
    derived,
    inference: async () => ({
      embedder: new Embedder(connection),
      segmenter: new Segmenter(connection),
      newComposer: (loadCutout, perceptor) => new Composer(connection, loadCutout, perceptor),
    }),
    now: () => 0,
  };
}
