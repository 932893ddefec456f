import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Scene, type Layer } from '@collage/proto/collage/v1/scene.js';
import type { RawPicture } from '@collage/render/gradient.js';
import { renderScene } from '@collage/render/render-scene.js';
import { sceneToSvg, type CutoutHref } from '@collage/scene/scene-to-svg.js';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';

const folder = fileURLToPath(new URL('../scenes', import.meta.url));
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => basename(file, '.json'));

interface Tolerance {
  maxDifference: number;
  meanDifference: number;
}
const tolerances = JSON.parse(readFileSync(join(folder, 'expected/tolerances.json'), 'utf8')) as {
  sharp: Tolerance;
  svg: Tolerance & { ownSampling: Record<string, Tolerance> };
};

function readScene(name: string): Scene {
  return Scene.fromJSON(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')));
}

function cutoutBytes(digest: string): Buffer {
  return readFileSync(join(folder, 'cutouts', `${digest}.png`));
}

function expectedPicture(name: string): Promise<RawPicture> {
  return decode(join(folder, 'expected', `${name}.png`));
}

async function decode(png: string | Buffer): Promise<RawPicture> {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: 3 };
}

/** Absolute differences over all channels, in 1/255. */
function differences(actual: Buffer, expected: Buffer): Tolerance {
  let [max, sum] = [0, 0];
  expected.forEach((value, index) => {
    const difference = Math.abs(value - actual[index]!);
    max = Math.max(max, difference);
    sum += difference;
  });
  return { maxDifference: max, meanDifference: sum / expected.length };
}

function expectWithin(actual: RawPicture, expected: RawPicture, tolerance: Tolerance): void {
  expect([actual.width, actual.height]).toEqual([expected.width, expected.height]);
  const { maxDifference, meanDifference } = differences(actual.data, expected.data);
  expect(maxDifference, 'largest difference').toBeLessThanOrEqual(tolerance.maxDifference);
  expect(meanDifference, 'mean difference').toBeLessThanOrEqual(tolerance.meanDifference);
}

it('finds the scenes', () => {
  expect(names.length).toBeGreaterThanOrEqual(12);
});

type Renderer = (scene: Scene, heightPixels: number) => Promise<RawPicture>;

const inTypeScript: Renderer = (scene, heightPixels) =>
  renderScene(scene, heightPixels, async (digest) => cutoutBytes(digest));

const asSvg: Renderer = async (scene, heightPixels) => {
  const hrefs = new Map<string, CutoutHref>();
  for (const { cutoutDigest } of scene.layers) {
    const { width, height } = await sharp(cutoutBytes(cutoutDigest)).metadata();
    const href = `data:image/png;base64,${cutoutBytes(cutoutDigest).toString('base64')}`;
    hrefs.set(cutoutDigest, { href, width, height });
  }
  return decode(Buffer.from(sceneToSvg(scene, heightPixels, (digest) => hrefs.get(digest)!)));
};

const svgTolerance = (name: string): Tolerance => tolerances.svg.ownSampling[name] ?? tolerances.svg;

describe.each(names)('scene %s', (name) => {
  it('looks as expected when rendered in TypeScript', async () => {
    const expected = await expectedPicture(name);
    expectWithin(await inTypeScript(readScene(name), expected.height), expected, tolerances.sharp);
  });

  it('looks as expected as an SVG drawn by librsvg', async () => {
    const expected = await expectedPicture(name);
    expectWithin(await asSvg(readScene(name), expected.height), expected, svgTolerance(name));
  });
});

/** Mistakes a renderer could make, made in the scene instead, and the scene that has to notice. */
const MISTAKES: [mistake: string, name: string, change: (scene: Scene) => Scene][] = [
  ['half a pixel off', 'half-pixel-grid', (scene) => shifted(scene, 0.5)],
  ['a quarter of a pixel off', 'sub-pixel-shift', (scene) => shifted(scene, 0.25)],
  ['turned counter-clockwise', 'clockwise-rotation', (scene) => withLayers(scene, turnedBack)],
  ['flipped after the rotation', 'flip-before-rotation', (scene) => withLayers(scene, flippedLast)],
  ['painted in reverse', 'painting-order', (scene) => ({ ...scene, layers: [...scene.layers].reverse() })],
  ['opaque', 'opacity', (scene) => withLayers(scene, (layer) => ({ ...layer, opacity: 1 }))],
  ['not tinted', 'tint', (scene) => withLayers(scene, (layer) => ({ ...layer, tint: undefined }))],
  [
    'a gradient turned counter-clockwise',
    'angled-gradient-30',
    (scene) => ({ ...scene, background: { ...scene.background!, angleDegrees: -30 } }),
  ],
];

function withLayers(scene: Scene, change: (layer: Layer) => Layer): Scene {
  return { ...scene, layers: scene.layers.map(change) };
}

function shifted(scene: Scene, pixels: number): Scene {
  return withLayers(scene, (layer) => {
    const placement = { ...layer.placement!, centerX: layer.placement!.centerX + pixels / 120 };
    return { ...layer, placement };
  });
}

function turnedBack(layer: Layer): Layer {
  return { ...layer, placement: { ...layer.placement!, rotationDegrees: -layer.placement!.rotationDegrees } };
}

/** Mirroring after a turn is the same as turning the other way after mirroring. */
function flippedLast(layer: Layer): Layer {
  return layer.flipped ? turnedBack(layer) : layer;
}

describe('the tolerances are tight enough to notice', () => {
  it.each(MISTAKES)('%s', async (_, name, change) => {
    const expected = await expectedPicture(name);
    const wrong = change(readScene(name));
    for (const [render, tolerance] of [
      [inTypeScript, tolerances.sharp],
      [asSvg, svgTolerance(name)],
    ] as const) {
      const picture = await render(wrong, expected.height);
      expect(() => expectWithin(picture, expected, tolerance)).toThrow(/difference/);
    }
  });
});
