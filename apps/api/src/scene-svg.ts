import type { BlobStore } from '@collage/blobs/blob-store.js';
import type { Collage } from '@collage/proto/collage/v1/collage.js';
import { sceneToSvg } from '@collage/scene/scene-to-svg.js';
import { notMade } from './not-made.js';

/**
 * A collage's scene as SVG, its cut-outs inside as data URIs or as links to this service.
 * @throws ProblemError where there is no scene yet; BlobMissingError
 */
export async function sceneSvg(
  collage: Collage,
  heightPixels: number,
  cutouts: 'embedded' | 'linked',
  blobs: BlobStore,
): Promise<string> {
  const { id, scene } = collage;
  if (!scene?.background) throw notMade(collage, 'scene');
  const hrefs = new Map<string, string>();
  for (const digest of new Set(scene.layers.map(({ cutoutDigest }) => cutoutDigest))) {
    const href =
      cutouts === 'linked'
        ? `/v1/collages/${id}/cutouts/${digest}`
        : `data:image/png;base64,${(await blobs.get(digest)).toString('base64')}`;
    hrefs.set(digest, href);
  }
  return sceneToSvg(scene, heightPixels, (digest) => {
    const { width, height } = collage.cutouts.find((cutout) => cutout.digest === digest)!;
    return { href: hrefs.get(digest)!, width, height };
  });
}
