/** Writes cut-outs, scenes and expected pictures anew; see README.md. */
import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { conformanceScenes, SCENE_HEIGHT_PIXELS } from './conformance-scenes.js';
import { drawings } from './draw-cutouts.js';
import { referenceRender, type CutoutPixels } from './reference-render.js';

const folder = dirname(fileURLToPath(import.meta.url));
await rm(join(folder, 'cutouts'), { recursive: true, force: true });
await mkdir(join(folder, 'cutouts'));

const pixelsByDigest = new Map<string, CutoutPixels>();
const drawn: Record<string, { digest: string; height: number }> = {};
for (const [name, drawing] of Object.entries(drawings)) {
  const { data, width, height } = drawing();
  const png = await sharp(data, { raw: { width, height, channels: 4 } }).png().toBuffer();
  const digest = createHash('sha256').update(png).digest('hex');
  pixelsByDigest.set(digest, { data, width, height });
  drawn[name] = { digest, height };
  await writeFile(join(folder, 'cutouts', `${digest}.png`), png);
}
for (const [name, scene] of Object.entries(conformanceScenes(drawn))) {
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify(scene, null, 2)}\n`);
  const { data, width, height } = referenceRender(scene, SCENE_HEIGHT_PIXELS, (digest) => pixelsByDigest.get(digest)!);
  const picture = sharp(data, { raw: { width, height, channels: 3 } });
  await picture.png().toFile(join(folder, 'expected', `${name}.png`));
}
