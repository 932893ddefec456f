import type { Scene } from '@collage/proto/collage/v1/scene.js';
import { canvasWidth, HEIGHT_PIXELS_LIMITS } from '@collage/scene/conventions.js';
import { SceneInvalidError } from '@collage/scene/scene-invalid-error.js';
import { validateScene } from '@collage/scene/validate-scene.js';
import { renderGradient, type RawPicture } from './gradient.js';
import { placeCutout } from './place-cutout.js';
import { readCutout } from './read-cutout.js';

/**
 * The picture of a scene.
 *
 * Convention: layers are painted in list order, last on top, by `over` with premultiplied colors in non-linear sRGB;
 * the width is round(height x aspect ratio). Memory: the picture, and one cut-out at a time.
 *
 * @param heightPixels 1 to 4096
 * @param loadCutout encoded bytes of a cut-out, by its digest
 * @throws SceneInvalidError, CutoutUnreadableError, the signal's reason
 */
export async function renderScene(
  scene: Scene,
  heightPixels: number,
  loadCutout: (digest: string) => Promise<Uint8Array>,
  signal?: AbortSignal,
): Promise<RawPicture> {
  validateScene(scene);
  const { min, max } = HEIGHT_PIXELS_LIMITS;
  if (!(Number.isInteger(heightPixels) && heightPixels >= min && heightPixels <= max)) {
    throw new SceneInvalidError('heightPixels', `a whole number from ${min} to ${max}`, heightPixels);
  }
  const width = canvasWidth(scene.aspectRatio, heightPixels);
  const picture = renderGradient(scene.background!, width, heightPixels);
  for (const layer of scene.layers) {
    signal?.throwIfAborted();
    if (layer.opacity === 0) continue;
    const cutout = await readCutout(await loadCutout(layer.cutoutDigest));
    signal?.throwIfAborted();
    placeCutout(layer, cutout, picture, (y, left, right, rgba) => paintRow(picture, y, left, right, rgba));
  }
  return picture;
}

function paintRow(
  { data, width }: RawPicture,
  y: number,
  left: number,
  right: number,
  rgba: Float32Array,
): void {
  let to = (y * width + left) * 3;
  for (let from = 0; from < (right - left) * 4; from += 4, to += 3) {
    const alpha = rgba[from + 3]!;
    if (alpha === 0) continue;
    for (let channel = 0; channel < 3; channel++) {
      // 0.5 rounds; storing into bytes truncates. Rounding may not lift 255 over the brim.
      const value = 255 * rgba[from + channel]! + (1 - alpha) * data[to + channel]! + 0.5;
      data[to + channel] = value < 255 ? value : 255;
    }
  }
}
