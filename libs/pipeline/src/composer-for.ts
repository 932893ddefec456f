import type { SceneComposer } from '@collage/inference/inference.js';
import type { Collage } from '@collage/proto/collage/v1/collage.js';
import { shrinkCutout } from '@collage/render/shrink-cutout.js';
import type { CollageTools } from './collage-tools.js';

/** Longest side of a cut-out as the optimiser sees it, in pixels: more than a perceptor's canvas of 224 to 336 shows. */
const OPTIMIZATION_SIDE = 384;

/** A composer that hands the sidecar this collage's cut-outs when it asks for them; it scores by the collage's perceptor. */
export async function composerFor(
  { cutouts, models }: Pick<Collage, 'cutouts' | 'models'>,
  tools: CollageTools,
): Promise<SceneComposer> {
  const borders = new Map(cutouts.map((cutout) => [cutout.digest, cutout.borders]));
  const { newComposer } = await tools.inference();
  const loadCutout = async (digest: string) => ({
    picture: await shrinkCutout(await tools.blobs.get(digest), OPTIMIZATION_SIDE),
    borders: borders.get(digest),
  });
  return newComposer(loadCutout, models?.perceptor);
}
