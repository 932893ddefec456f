import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Scene } from '@collage/proto/collage/v1/scene.js';
import { renderScene } from '@collage/render/render-scene.js';
import { sceneToSvg } from '@collage/scene/scene-to-svg.js';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';

const folder = fileURLToPath(new URL('../scenes', import.meta.url));
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => basename(file, '.json'));
const tolerances = JSON.parse(readFileSync(join(folder, 'expected/tolerances.json'), 'utf8')) as {
  sharp: { maxDifference: number; meanDifference: number };
  svg: { meanDifference: number; farShare: number; farDifference: number };
};

function readScene(name: string): Scene {
  return Scene.fromJSON(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')));
}

function cutoutBytes(digest: string): Buffer {
  return readFileSync(join(folder, 'cutouts', `${digest}.png`));
}

async function decode(png: string | Buffer): Promise<{ data: Buffer; width: number; height: number }> {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** Absolute differences of all channels, in 1/255. */
function compare(actual: Buffer, expected: Buffer, farDifference: number) {
  let [max, sum, far] = [0, 0, 0];
  expected.forEach((value, index) => {
    const difference = Math.abs(value - actual[index]!);
    max = Math.max(max, difference);
    sum += difference;
    if (difference > farDifference) far++;
  });
  return { maxDifference: max, meanDifference: sum / expected.length, farShare: far / expected.length };
}

describe.each(names)('scene %s', (name) => {
  it('looks as expected when rendered in TypeScript', async () => {
    const expected = await decode(join(folder, 'expected', `${name}.png`));
    const actual = await renderScene(readScene(name), expected.height, async (digest) => cutoutBytes(digest));
    expect([actual.width, actual.height]).toEqual([expected.width, expected.height]);
    const { maxDifference, meanDifference } = compare(actual.data, expected.data, 0);
    if (process.env.SHOW) console.log('TS', name, maxDifference, meanDifference.toFixed(4));
    expect(maxDifference).toBeLessThanOrEqual(tolerances.sharp.maxDifference);
    expect(meanDifference).toBeLessThanOrEqual(tolerances.sharp.meanDifference);
  });

  it('looks as expected as an SVG', async () => {
    const expected = await decode(join(folder, 'expected', `${name}.png`));
    const sizes = new Map<string, { width: number; height: number }>();
    for (const { cutoutDigest } of readScene(name).layers) {
      const { width, height } = await sharp(cutoutBytes(cutoutDigest)).metadata();
      sizes.set(cutoutDigest, { width, height });
    }
    const svg = sceneToSvg(readScene(name), expected.height, (digest) => ({
      href: `data:image/png;base64,${cutoutBytes(digest).toString('base64')}`,
      ...sizes.get(digest)!,
    }));
    const actual = await decode(Buffer.from(svg));
    expect([actual.width, actual.height]).toEqual([expected.width, expected.height]);
    const { farDifference } = tolerances.svg;
    const { meanDifference, farShare, maxDifference } = compare(actual.data, expected.data, farDifference);
    if (process.env.SHOW) {
      console.log('SVG', name, maxDifference, meanDifference.toFixed(4), farShare.toFixed(4));
      await sharp(actual.data, { raw: { width: actual.width, height: actual.height, channels: 3 } }).toFile(
        `/tmp/w/render/svg-${name}.png`,
      );
    }
    expect(meanDifference).toBeLessThanOrEqual(tolerances.svg.meanDifference);
    expect(farShare).toBeLessThanOrEqual(tolerances.svg.farShare);
  });
});
