import { BlobMissingError } from '@collage/blobs/blob-store.js';
import type { Blobs } from '@collage/blobs/blobs.js';
import { creditsXmp } from '@collage/licensing/credits-xmp.js';
import { promptOf } from '@collage/pipeline/objective.js';
import { CutoutUnreadableError } from '@collage/render/cutout-unreadable-error.js';
import { encodePicture } from '@collage/render/encode-picture.js';
import { renderScene } from '@collage/render/render-scene.js';
import { writeXmp } from '@collage/render/write-xmp.js';
import { SceneInvalidError } from '@collage/scene/scene-invalid-error.js';
import type { CollageStore } from './collage-store.js';
import { CollagesError } from './collages-error.js';
import type { PictureRequest, PictureResult } from './picture-requests.js';

/**
 * A finished collage at another height or in another format, with its credits in it, into the blob store. What makes it
 * impossible for good is a failure; an outage is thrown.
 */
export async function drawPicture(
  { collageId, height, mediaType }: PictureRequest,
  store: CollageStore,
  blobs: Blobs,
  signal?: AbortSignal,
): Promise<PictureResult> {
  try {
    const { collage } = await store.get(collageId);
    if (!collage.scene || !collage.license) return { failure: 'the collage has no finished scene' };
    const picture = await renderScene(collage.scene, height, (digest) => blobs.get(digest), signal);
    const encoded = await encodePicture(picture, mediaType === 'image/png' ? 'png' : 'jpeg');
    const xmp = creditsXmp(collage.credits, collage.license, { prompt: promptOf(collage) });
    return { digest: await blobs.put(writeXmp(encoded, xmp)) };
  } catch (error) {
    const isFinal =
      error instanceof SceneInvalidError ||
      error instanceof CutoutUnreadableError ||
      error instanceof BlobMissingError ||
      error instanceof CollagesError;
    if (!isFinal) throw error;
    return { failure: error.message };
  }
}
