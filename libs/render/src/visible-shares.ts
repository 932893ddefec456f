import type { Scene } from '@collage/proto/collage/v1/scene.js';
import { canvasWidth } from '@collage/scene/conventions.js';
import { validateScene } from '@collage/scene/validate-scene.js';
import { placeCutout } from './place-cutout.js';
import { readCutout } from './read-cutout.js';

/**
 * How much of the picture each layer makes up: who is owed credit, and how hidden a part is.
 *
 * Convention: the share of a layer is the mean over all pixels of its alpha times what the layers above let through;
 * shares and what is left to the background sum to 1. A layer that is fully hidden, transparent or off the canvas has
 * exactly 0. Whether anything of a layer is seen depends on the height: ask at the height of the picture meant.
 *
 * @returns one number a layer, 0 to 1, in painting order
 * @throws SceneInvalidError, CutoutUnreadableError, the signal's reason
 */
export async function visibleShares(
  scene: Scene,
  heightPixels: number,
  loadCutout: (digest: string) => Promise<Uint8Array>,
  signal?: AbortSignal,
): Promise<number[]> {
  validateScene(scene);
  const canvas = { width: canvasWidth(scene.aspectRatio, heightPixels), height: heightPixels };
  const letThrough = new Float32Array(canvas.width * canvas.height).fill(1);
  const shares = scene.layers.map(() => 0);
  // From the top down, so that one plane is enough.
  for (const [index, layer] of [...scene.layers.entries()].reverse()) {
    signal?.throwIfAborted();
    if (layer.opacity === 0) continue;
    const cutout = await readCutout(await loadCutout(layer.cutoutDigest));
    let seen = 0;
    placeCutout(layer, cutout, canvas, (y, left, right, rgba) => {
      for (let x = left; x < right; x++) {
        const alpha = rgba[(x - left) * 4 + 3]!;
        if (alpha === 0) continue;
        const place = y * canvas.width + x;
        seen += alpha * letThrough[place]!;
        // Interpolation weights may sum to a hair less than 1, which must not let a hidden layer through.
        letThrough[place]! *= alpha > 1 - 1e-6 ? 0 : 1 - alpha;
      }
    });
    shares[index] = seen / letThrough.length;
  }
  return shares;
}
