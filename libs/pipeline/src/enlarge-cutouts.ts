import { Collage_State as State, type Collage } from '@collage/proto/collage/v1/collage.js';
import { Cutout } from '@collage/proto/collage/v1/photo.js';
import type { Scene } from '@collage/proto/collage/v1/scene.js';
import { photoForModel } from '@collage/photos/read-photo.js';
import { enlargeCutout } from '@collage/render/enlarge-cutout.js';
import type { CollageTools } from './collage-tools.js';
import { largerVersions, type LargerVersion } from './larger-versions.js';
import { unreadable } from './read-pictures.js';
import { progressed, skipped, type Stage } from './stage-event.js';
import { wantedLarger } from './wanted-larger.js';

/** How cut-outs are enlarged here and in `enlargeCutout`; raise it with every change of these. */
const ENLARGING = 1;
/** Pixels for each one drawn: resampling at an angle loses some. */
const PIXELS_DRAWN = 1.5;

/** A scene that names larger cut-outs, and those; all else of it is as it was. */
export interface Enlarged {
  scene: Scene;
  /** The larger ones only. */
  cutouts: Cutout[];
}

/**
 * Exchanges cut-outs that a scene shows larger than they are for ones made anew from larger versions of their photos.
 * Places are in canvas heights, so nothing moves. Each is made once for good: stored under (larger photo, small cut-out).
 * @param heightPixels of the picture that is to be drawn
 */
export async function* enlargeCutouts(
  { photos, cutouts }: Pick<Collage, 'photos' | 'cutouts'>,
  scene: Scene,
  heightPixels: number,
  tools: CollageTools,
  signal?: AbortSignal,
): Stage<Enlarged> {
  const wanted = wantedLarger(scene, heightPixels, photos, cutouts);
  const versions = yield* largerVersions(wanted, tools, signal);
  const larger = new Map<string, Cutout>();
  for (const [index, version] of versions.entries()) {
    signal?.throwIfAborted();
    for (const cutout of version.wanted.cutouts) {
      try {
        larger.set(cutout.digest, await enlarged(cutout, version, tools));
      } catch (error) {
        signal?.throwIfAborted();
        // An outage passes, and is to leave no trace; for all else the smaller one does.
        const { message } = unreadable(error);
        yield skipped('LARGER_UNAVAILABLE', version.wanted.photo.sourceId, message);
      }
    }
    yield progressed(State.RENDERING, index + 1, versions.length, 'photos had larger');
  }
  const layers = scene.layers.map((layer) => {
    const cutoutDigest = larger.get(layer.cutoutDigest)?.digest ?? layer.cutoutDigest;
    return { ...layer, cutoutDigest };
  });
  return { scene: { ...scene, layers }, cutouts: [...larger.values()] };
}

async function enlarged(
  cutout: Cutout,
  { digest, wanted }: LargerVersion,
  { blobs, derived }: Pick<CollageTools, 'blobs' | 'derived'>,
): Promise<Cutout> {
  const { width: cutWidth, height: cutHeight } = wanted.cutFrom;
  const enlargement = (PIXELS_DRAWN * wanted.width) / cutWidth;
  const side = Math.ceil(enlargement * Math.max(cutWidth, cutHeight));
  const key = `${digest}-${side}-${ENLARGING}`;
  const stored = await derived.get('larger-cutout', key, cutout.digest);
  if (stored) {
    const known = Cutout.fromJSON(JSON.parse(stored.toString()));
    if (await blobs.has(known.digest)) return { ...known, ranking: cutout.ranking };
  }
  const photo = await photoForModel(await blobs.get(digest), side);
  const { png, box } = await enlargeCutout(
    await blobs.get(cutout.digest),
    cutout.box!,
    wanted.cutFrom,
    photo,
  );
  const made: Cutout = {
    ...cutout,
    digest: await blobs.put(png),
    width: box.width,
    height: box.height,
    box,
    smallerDigest: cutout.digest,
    largerPhotoDigest: digest,
  };
  await derived.put('larger-cutout', key, cutout.digest, Buffer.from(JSON.stringify(Cutout.toJSON(made))));
  return made;
}
