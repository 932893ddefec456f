import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { library } from './workshop.mjs';

const { Collage } = await library('proto/src/collage/v1/collage.js');
const { makeCollage } = await library('pipeline/src/make-collage.js');
const { shrinkCutout } = await library('render/src/shrink-cutout.js');

/** Longest side in pixels, as the product's optimiser sees them (libs/pipeline/src/composer-for.ts). */
const OPTIMIZATION_SIDE = 384;

/**
 * The collage of a prompt after stages 1 to 3: keyphrases, photos, cut-outs. Made once and kept in `folder`, so that
 * all that is compared later works with the same cut-outs: `collage.json`, and each cut-out as DIGEST.png at the
 * size that scenes are optimized at.
 *
 * @param options resolved CollageOptions
 */
export async function foundCutouts({ id, prompt }, options, tools, folder) {
  const file = join(folder, 'collage.json');
  if (existsSync(file)) return Collage.fromJSON(JSON.parse(readFileSync(file, 'utf8')));
  const making = makeCollage({ id, prompt, options, stopAfter: 'cutouts' }, tools);
  let step = await making.next();
  while (!step.done) step = await making.next();
  const collage = step.value;
  mkdirSync(folder, { recursive: true });
  for (const { digest } of collage.cutouts) {
    const png = await shrinkCutout(await tools.blobs.get(digest), OPTIMIZATION_SIDE);
    writeFileSync(join(folder, `${digest}.png`), png);
  }
  writeFileSync(file, JSON.stringify(Collage.toJSON(collage), null, 1));
  return collage;
}
