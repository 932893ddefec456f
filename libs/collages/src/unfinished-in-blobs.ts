import { BlobMissingError } from '@collage/blobs/blob-store.js';
import type { Blobs } from '@collage/blobs/blobs.js';
import type { Unfinished } from '@collage/pipeline/stage-steps.js';
import { UnfinishedCollage } from '@collage/proto/collage/v1/collage.js';
import { CollagesError } from './collages-error.js';

const DIGESTS = /\b[0-9a-f]{64}\b/g;

/** Stores a collage between two stages; resolves to its digest, and to the digests it names. */
export async function putUnfinished(
  blobs: Blobs,
  work: Unfinished,
): Promise<{ outputDigest: string; namedDigests: string[] }> {
  const json = JSON.stringify(UnfinishedCollage.toJSON(work));
  const outputDigest = await blobs.put(Buffer.from(json));
  return { outputDigest, namedDigests: [...new Set(json.match(DIGESTS) ?? [])] };
}

/**
 * Reads it back.
 * @throws CollagesError STAGE_NOT_KEPT where it is gone
 */
export async function getUnfinished(blobs: Blobs, digest: string): Promise<Unfinished> {
  try {
    const json = (await blobs.get(digest)).toString();
    return UnfinishedCollage.fromJSON(JSON.parse(json)) as Unfinished;
  } catch (error) {
    if (!(error instanceof BlobMissingError)) throw error;
    throw new CollagesError(
      'STAGE_NOT_KEPT',
      `What an earlier stage left is gone (${error.message}): it was cleared away or is another machine's. Ask for a new ` +
        'collage.',
    );
  }
}
