import {
  Collage_State as State,
  PictureFormat,
  type Collage,
  type CollageEvent_Rendered,
  type CollageOptions,
} from '@collage/proto/collage/v1/collage.js';
import type { Scene } from '@collage/proto/collage/v1/scene.js';
import { encodePicture } from '@collage/render/encode-picture.js';
import { renderScene } from '@collage/render/render-scene.js';
import type { CollageTools } from '../collage-tools.js';
import { enlargeCutouts, type Enlarged } from '../enlarge-cutouts.js';
import { progressed, type Stage } from '../stage-event.js';

export interface Rendered extends Enlarged {
  picture: CollageEvent_Rendered;
}

/**
 * Stage 7: the picture at its full size, into the blob store. Where that shows more of a photo than was cut, the photo
 * is had larger and the scene names a larger cut-out from then on, so that the scene alone says what was drawn.
 */
export async function* render(
  collage: Pick<Collage, 'photos' | 'cutouts'>,
  climbed: Scene,
  { heightPixels, pictureFormat }: CollageOptions,
  tools: CollageTools,
  signal?: AbortSignal,
): Stage<Rendered> {
  const { blobs } = tools;
  const { scene, cutouts } = yield* enlargeCutouts(collage, climbed, heightPixels, tools, signal);
  const pixels = await renderScene(scene, heightPixels, (digest) => blobs.get(digest), signal);
  yield progressed(State.RENDERING, 1, 2, 'picture drawn, encoding');
  const format = pictureFormat === PictureFormat.JPEG ? 'jpeg' : 'png';
  const pictureDigest = await blobs.put(await encodePicture(pixels, format));
  const { width, height } = pixels;
  const picture = { pictureDigest, mediaType: `image/${format}`, width, height };
  yield { $case: 'rendered', value: picture };
  return { scene, cutouts, picture };
}
