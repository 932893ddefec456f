import { randomLayout } from '@collage/scene/random-layout.js';
import { seededRandom } from '@collage/scene/seeded-random.js';
import { describe, expect, it } from 'vitest';
import { cutoutPng, layerAt, loader, plainScene, solidCutout } from './testing/draw-scene.js';
import { visibleShares } from './visible-shares.js';

// As large as they are drawn, so that no edge is softened: 40 px on a canvas of 100.
const SOLID = await solidCutout([255, 0, 0, 255], 40, 40);
const HALF = await solidCutout([255, 0, 0, 128], 40, 40);
const LEFT_HALF = await cutoutPng(40, 40, (x) => [0, 0, 0, x < 20 ? 255 : 0]);
const load = loader({ a: SOLID, b: HALF, c: LEFT_HALF });

async function shares(...layers: Parameters<typeof plainScene>[1]): Promise<number[]> {
  return visibleShares(plainScene(1, layers), 100, load);
}

describe('visibleShares', () => {
  it('is the share of the canvas a lone layer covers', async () => {
    expect(await shares(layerAt('a', 0.5, 0.5, 0.4))).toEqual([expect.closeTo(0.16, 6)]);
    expect((await shares(layerAt('c', 0.5, 0.5, 0.4)))[0]).toBeCloseTo(0.08, 6);
  });

  it('counts what lies above, weighted by alpha', async () => {
    const [below, above] = await shares(layerAt('a', 0.5, 0.5, 0.4), layerAt('b', 0.5, 0.5, 0.4));
    expect(above).toBeCloseTo((0.16 * 128) / 255, 5);
    expect(below).toBeCloseTo((0.16 * 127) / 255, 5);
  });

  it('gives exactly 0 to layers that are hidden, transparent or off the canvas', async () => {
    const hidden = layerAt('a', 0.5, 0.5, 0.4);
    const clear = layerAt('a', 0.2, 0.2, 0.2, { opacity: 0 });
    const away = layerAt('a', -1, 0.5, 0.4);
    const above = layerAt('a', 0.503, 0.497, 0.6);
    above.placement!.rotationDegrees = 7;
    const result = await shares(hidden, clear, away, above);
    expect(result.slice(0, 3)).toEqual([0, 0, 0]);
    expect(result[3]).toBeGreaterThan(0.3);
  });

  it('adds up to at most the whole canvas', async () => {
    const layers = Array.from({ length: 12 }, (_, index) =>
      layerAt('ab'[index % 2]!, (index % 5) / 4, index / 11, 0.6),
    );
    const sum = (await shares(...layers)).reduce((total, share) => total + share, 0);
    expect(sum).toBeGreaterThan(0.5);
    expect(sum).toBeLessThanOrEqual(1);
  });

  it('finds every subject of a random layout', async () => {
    const ellipse = await cutoutPng(60, 80, (x, y) => [
      0,
      0,
      0,
      Math.hypot((x - 29.5) / 30, (y - 39.5) / 40) < 1 ? 255 : 0,
    ]);
    const parts = [...'0123456789abcdef'].map((digit, index) => ({
      digest: digit.repeat(64),
      width: 60,
      height: 80,
      borders: { left: index === 1, top: false, right: false, bottom: index % 4 === 0 },
      score: index / 16,
      keyphraseIndex: index % 3,
    }));
    for (let seed = 0; seed < 20; seed++) {
      const scene = plainScene(1.5, randomLayout(parts, 1.5, seededRandom(seed)));
      const visible = await visibleShares(scene, 96, async () => ellipse);
      expect(visible).toHaveLength(16);
      // The smallest are about 0.08 x 0.1: some 0.4 % of the canvas. A quarter of that must be seen.
      expect(Math.min(...visible)).toBeGreaterThan(0.001);
    }
  });
});
