import { visibleCredits } from '@collage/licensing/attribution.js';
import { collageLicense } from '@collage/licensing/compatibility.js';
import { creditsXmp } from '@collage/licensing/credits-xmp.js';
import { describeChanges } from '@collage/licensing/describe-changes.js';
import {
  Collage_State as State,
  type Collage,
  type CollageEvent_Rendered,
  type CollageLicense,
  type CollageOptions,
} from '@collage/proto/collage/v1/collage.js';
import type { Credit } from '@collage/proto/collage/v1/photo.js';
import type { Scene } from '@collage/proto/collage/v1/scene.js';
import { visibleShares } from '@collage/render/visible-shares.js';
import { writeXmp } from '@collage/render/write-xmp.js';
import { CollageError } from '../collage-error.js';
import type { CollageTools } from '../collage-tools.js';
import { promptOf } from '../objective.js';
import { progressed, type Stage } from '../stage-event.js';

export interface Credited {
  /** One for each visible photo, the most visible first. */
  credits: Credit[];
  license: CollageLicense;
}

/**
 * Stage 8: who is owed for the picture as it is: one credit for each photo of which anything is seen (not for one that is
 * hidden or off canvas), and the license the collage itself may be published under. All of it is written into the
 * picture as well, which travels without its page.
 */
export async function* creditPhotos(
  collage: Pick<Collage, 'prompt' | 'keyphrases' | 'photos' | 'cutouts'>,
  scene: Scene,
  rendered: CollageEvent_Rendered,
  { heightPixels, noncommercialAllowed }: CollageOptions,
  { blobs }: CollageTools,
  signal?: AbortSignal,
): Stage<Credited> {
  const { photos, cutouts } = collage;
  // At the picture's own height: a piece that paints a single pixel of it is owed credit.
  const shares = await visibleShares(scene, heightPixels, (digest) => blobs.get(digest), signal);
  yield progressed(State.RENDERING, 2, 2, 'visible parts found');
  const credits = new Map<string, Credit>();
  for (const [index, layer] of scene.layers.entries()) {
    if (shares[index]! <= 0) continue;
    const cutout = cutouts.find(({ digest }) => digest === layer.cutoutDigest)!;
    const photo = photos.find(({ digest }) => digest === cutout.photoDigest)!;
    const earlier = credits.get(photo.digest);
    credits.set(photo.digest, {
      ...photo.credit!,
      photoDigest: photo.digest,
      restrictions: photo.restrictions,
      changes: describeChanges(
        scene.layers.filter(
          (other, place) => shares[place]! > 0 && sourceOf(other.cutoutDigest) === photo.digest,
        ),
        cutout.areaFraction < 1,
      ),
      visibleShare: (earlier?.visibleShare ?? 0) + shares[index]!,
    });
  }
  function sourceOf(cutoutDigest: string): string | undefined {
    return cutouts.find(({ digest }) => digest === cutoutDigest)?.photoDigest;
  }
  const sorted = visibleCredits([...credits.values()]);
  const license = collageLicense(sorted, { noncommercialAllowed });
  if ('incompatible' in license) {
    throw new CollageError(license.incompatible.reason, license.incompatible.explanation);
  }
  const xmp = creditsXmp(sorted, license, { prompt: promptOf(collage) });
  const pictureDigest = await blobs.put(writeXmp(await blobs.get(rendered.pictureDigest), xmp));
  yield { $case: 'rendered', value: { ...rendered, pictureDigest } };
  yield { $case: 'creditsWritten', value: { credits: sorted, license } };
  return { credits: sorted, license };
}
