import { library } from '../collages/workshop.mjs';

const { creditMarkdown } = await library('licensing/src/credits-markdown.js');
const { collageLicense } = await library('licensing/src/compatibility.js');
const { describeChanges } = await library('licensing/src/describe-changes.js');
const { Collage } = await library('proto/src/collage/v1/collage.js');
const { Scene } = await library('proto/src/collage/v1/scene.js');

/**
 * Credits of all photos that either picture of a prompt may show (the notebook uses every cut-out), and the license
 * both may be published under.
 *
 * @param collageJson stages 1 to 3 of a collage, proto3 JSON
 * @param sceneJson our finished scene
 * @returns Markdown lines, one a photo, and the license's id with the reason for it
 */
export function creditsOf(collageJson, sceneJson) {
  const { photos, cutouts } = Collage.fromJSON(collageJson);
  const { layers } = Scene.fromJSON(sceneJson);
  const used = photos.filter(({ digest }) => cutouts.some(({ photoDigest }) => photoDigest === digest));
  const credits = used.map((photo) => {
    const pieces = cutouts.filter(({ photoDigest }) => photoDigest === photo.digest);
    const shown = layers.filter(({ cutoutDigest }) => pieces.some(({ digest }) => digest === cutoutDigest));
    const isCutOut = pieces.every(({ areaFraction }) => areaFraction < 1);
    return {
      ...photo.credit,
      photoDigest: photo.digest,
      changes: describeChanges(shown, isCutOut),
      visibleShare: 1,
    };
  });
  const license = collageLicense(credits, { noncommercialAllowed: false });
  if ('incompatible' in license) throw new Error(license.incompatible.explanation);
  return {
    // Without the share at the beginning: it differs between the pictures.
    lines: credits
      .map((credit) => creditMarkdown(credit).replace(/^\*\*[^*]+\*\* /, ''))
      .toSorted((one, other) => one.localeCompare(other, 'en')),
    licenseId: license.license.id,
    why: license.explanation,
  };
}
