import { openStores } from '@collage/blobs/open-stores.js';
import type { InferenceConnection } from '@collage/inference/connection.js';
import { oneSidecar } from '@collage/inference/one-sidecar.js';
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
    inference: async () => oneSidecar(connection),
    now: () => 0,
  };
}
