import type { Collage } from '@collage/proto/collage/v1/collage.js';

/**
 * The cut-outs that the kept layouts use, of those chosen and of the spare ones, and the photos of these; each in the
 * order they were ranked, those chosen first.
 */
export function onlyUsed(
  { cutouts, photos, layouts }: Pick<Collage, 'cutouts' | 'photos' | 'layouts'>,
  spares: Pick<Collage, 'cutouts' | 'photos'>,
): Pick<Collage, 'cutouts' | 'photos'> {
  const digests = new Set(
    layouts.flatMap(({ scene }) => scene!.layers.map(({ cutoutDigest }) => cutoutDigest)),
  );
  const used = [...cutouts, ...spares.cutouts].filter(({ digest }) => digests.has(digest));
  const photoDigests = new Set(used.map(({ photoDigest }) => photoDigest));
  const all = [...new Map([...photos, ...spares.photos].map((photo) => [photo.digest, photo])).values()];
  return { cutouts: used, photos: all.filter(({ digest }) => photoDigests.has(digest)) };
}
