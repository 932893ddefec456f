import { Composer } from '@collage/inference/composer.js';
import { InferenceConnection } from '@collage/inference/connection.js';
import type { Sidecar } from '@collage/inference/sidecar-process.js';
import { Scene } from '@collage/proto/collage/v1/scene.js';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sidecarMissing, startRealSidecar } from './real-sidecar.js';

const folder = fileURLToPath(new URL('../scenes', import.meta.url));
const sceneNames = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => basename(file, '.json'));
const { torch: tolerance } = JSON.parse(readFileSync(join(folder, 'expected/tolerances.json'), 'utf8')) as {
  torch: { maxDifference: number; meanDifference: number };
};

/** Convention: 8-bit RGB, non-linear sRGB, rows from the top. */
async function decode(png: Buffer) {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** Absolute differences of all channels, in 1/255. */
function differences(actual: Buffer, expected: Buffer) {
  const each = Array.from(expected, (value, at) => Math.abs(value - actual[at]!));
  const sum = each.reduce((total, difference) => total + difference, 0);
  return { max: each.reduce((a, b) => Math.max(a, b), 0), mean: sum / each.length };
}

describe.skipIf(sidecarMissing)('the sidecar (skipped where there is no .venv)', () => {
  let sidecar: Sidecar;
  let connection: InferenceConnection;
  let composer: Composer;

  beforeAll(async () => {
    sidecar = await startRealSidecar();
    connection = new InferenceConnection(sidecar.address, { sidecar });
    composer = new Composer(connection, async (digest) => ({
      picture: readFileSync(join(folder, 'cutouts', `${digest}.png`)),
    }));
  });

  afterAll(async () => {
    connection?.close();
    await sidecar?.stop();
  });

  it.each(sceneNames)('renders the scene %s as expected', async (name) => {
    const scene = Scene.fromJSON(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')));
    const expected = await decode(readFileSync(join(folder, 'expected', `${name}.png`)));
    const actual = await decode(await composer.renderScene(scene, expected.height));
    expect([actual.width, actual.height]).toEqual([expected.width, expected.height]);
    const { max, mean } = differences(actual.data, expected.data);
    expect(max).toBeLessThanOrEqual(tolerance.maxDifference);
    expect(mean).toBeLessThanOrEqual(tolerance.meanDifference);
  });
});
