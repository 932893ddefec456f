import type { DerivedStore } from '@collage/blobs/derived-store.js';
import type { Blobs } from '@collage/blobs/blobs.js';
import type { PhotoSegmenter } from '@collage/inference/inference.js';
import { photoForModel } from '@collage/photos/read-photo.js';
import type { ItemError } from '@collage/proto/collage/v1/embedding_service.js';
import type { ModelIdentity } from '@collage/proto/collage/v1/model.js';
import { Cutout } from '@collage/proto/collage/v1/photo.js';
import { cacheKey } from './cache-key.js';
import { readPictures, type UnreadPicture } from './read-pictures.js';

/** Longest side of a photo as it is cut, and so of its cut-outs, in pixels. */
export const CUT_SIDE = 2048;

/** The cut-outs of one photo, or why it has none. */
export type Segmented =
  { digest: string; cutouts: Cutout[]; error?: undefined } | { digest: string; error: ItemError };

/**
 * Cuts photos, each once per segmenter while that is kept: the descriptions are stored under (model digest, photo digest),
 * their pictures in the blob store. Answers come in any order, one for each photo.
 */
export async function* segmentPhotos(
  digests: string[],
  segmenter: PhotoSegmenter,
  model: ModelIdentity,
  blobs: Blobs,
  derived: DerivedStore,
  signal?: AbortSignal,
): AsyncGenerator<Segmented> {
  const missing: string[] = [];
  for (const digest of digests) {
    const cutouts = await storedCutouts(digest, model, blobs, derived);
    if (cutouts) yield { digest, cutouts };
    else missing.push(digest);
  }
  if (missing.length === 0) return;
  const pictures = missing.map((digest) => ({
    digest,
    read: async () => photoForModel(await blobs.get(digest), CUT_SIDE),
  }));
  const unread: UnreadPicture[] = [];
  for await (const answer of segmenter.segmentPhotos(readPictures(pictures, unread), model, signal)) {
    if (answer.error) {
      yield answer;
      continue;
    }
    const cutouts: Cutout[] = [];
    for (const { cutout, png } of answer.cutouts) {
      await blobs.put(png);
      cutouts.push(cutout!);
    }
    const json = Buffer.from(JSON.stringify(cutouts.map((cutout) => Cutout.toJSON(cutout))));
    await derived.put('cutouts', cacheKey(model), answer.digest, json);
    yield { digest: answer.digest, cutouts };
  }
  yield* unread;
}

/** The stored answer for a photo; undefined where there is none or a picture of it is gone. */
async function storedCutouts(
  photoDigest: string,
  model: ModelIdentity,
  blobs: Blobs,
  derived: DerivedStore,
): Promise<Cutout[] | undefined> {
  const stored = await derived.get('cutouts', cacheKey(model), photoDigest);
  if (!stored) return undefined;
  const cutouts = (JSON.parse(stored.toString()) as unknown[]).map((json) => Cutout.fromJSON(json));
  const there = await Promise.all(cutouts.map(({ digest }) => blobs.has(digest)));
  return there.every(Boolean) ? cutouts : undefined;
}
