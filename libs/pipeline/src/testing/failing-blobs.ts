import type { Blobs } from '@collage/blobs/blobs.js';

/** A blob store one of whose calls always fails with an error. */
export function failingBlobs(blobs: Blobs, call: keyof Blobs, error: Error): Blobs {
  return {
    put: (bytes) => blobs.put(bytes),
    get: (digest) => blobs.get(digest),
    has: (digest) => blobs.has(digest),
    [call]: async () => {
      throw error;
    },
  };
}
