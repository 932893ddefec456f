import {
  Collage_State as State,
  PictureFormat,
  type CollageEvent_Rendered,
  type CollageOptions,
} from '@collage/proto/collage/v1/collage.js';
import type { Scene } from '@collage/proto/collage/v1/scene.js';
import { encodePicture } from '@collage/render/encode-picture.js';
import { renderScene } from '@collage/render/render-scene.js';
import type { CollageTools } from '../collage-tools.js';
import { progressed, type Stage } from '../stage-event.js';

/** Stage 7: the picture at its full size, from the full-resolution cut-outs, into the blob store. */
export async function* render(
  scene: Scene,
  options: CollageOptions,
  { blobs }: CollageTools,
  signal?: AbortSignal,
): Stage<CollageEvent_Rendered> {
  const picture = await renderScene(scene, options.heightPixels, (digest) => blobs.get(digest), signal);
  yield progressed(State.RENDERING, 1, 2, 'picture drawn, encoding');
  const format = options.pictureFormat === PictureFormat.JPEG ? 'jpeg' : 'png';
  const pictureDigest = await blobs.put(await encodePicture(picture, format));
  const { width, height } = picture;
  const rendered = { pictureDigest, mediaType: `image/${format}`, width, height };
  yield { $case: 'rendered', value: rendered };
  return rendered;
}
