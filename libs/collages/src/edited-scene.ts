import type { Blobs } from '@collage/blobs/blobs.js';
import { Collage, Collage_State as State } from '@collage/proto/collage/v1/collage.js';
import type { Scene } from '@collage/proto/collage/v1/scene.js';
import { SceneInvalidError } from '@collage/scene/scene-invalid-error.js';
import { validateScene } from '@collage/scene/validate-scene.js';
import type { CollageRecord } from './collage-record.js';
import { CollagesError } from './collages-error.js';
import type { MadeAgain } from './made-again.js';
import { putUnfinished } from './unfinished-in-blobs.js';

/**
 * A collage with a scene that a person edited, to be drawn and credited anew: its cut-outs, where they lie now. What was
 * said of the old scene (scores, evaluation) does not hold for the new one and is left out.
 * @throws SceneInvalidError, also where it names a cut-out that the collage has none of; CollagesError SCENE_NOT_MADE
 */
export async function withEditedScene(record: CollageRecord, scene: Scene, blobs: Blobs): Promise<MadeAgain> {
  const { id, collage, options } = record;
  if (!collage.scene || collage.cutouts.length === 0 || !isSettled(collage)) {
    throw new CollagesError(
      'STAGE_NOT_KEPT',
      `Collage ${id} has no finished scene to edit. Wait until it has succeeded.`,
    );
  }
  validateScene(scene);
  const known = new Set(collage.cutouts.map(({ digest }) => digest));
  for (const [index, { cutoutDigest }] of scene.layers.entries()) {
    if (!known.has(cutoutDigest)) {
      const field = `layers[${index}].cutoutDigest`;
      throw new SceneInvalidError(
        field,
        `the digest of one of the collage's ${known.size} cut-outs`,
        cutoutDigest,
      );
    }
  }
  const edited = { ...options, aspectRatio: scene.aspectRatio };
  const base = {
    collage: Collage.create({
      ...collage,
      options: { ...collage.options!, aspectRatio: scene.aspectRatio },
      state: State.RENDERING,
      scene,
      startScore: 0,
      score: 0,
      evaluation: undefined,
      credits: [],
      license: undefined,
    }),
    options: edited,
    spareCutouts: [],
    sparePhotos: [],
    spentSeconds: 0,
    rendered: undefined,
  };
  const { outputDigest: baseDigest, namedDigests: baseNamedDigests } = await putUnfinished(blobs, base);
  const origin = { collageId: id, stage: 'render' as const, baseDigest };
  return { prompt: collage.prompt, options: edited, origin, baseNamedDigests };
}

function isSettled({ state, license }: Collage): boolean {
  return state === State.SUCCEEDED && license !== undefined;
}
