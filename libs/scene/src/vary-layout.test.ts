import type { Layer } from '@collage/proto/collage/v1/scene.js';
import { describe, expect, it } from 'vitest';
import { isGround, type LayoutPart } from './layout-part.js';
import { randomLayout } from './random-layout.js';
import { layerBounds } from './scene-bounds.js';
import { seededRandom } from './seeded-random.js';
import { validateScene } from './validate-scene.js';
import { replacePart, varyLayout } from './vary-layout.js';

const ASPECT_RATIO = 1.5;
const SEEDS = Array.from({ length: 200 }, (_, seed) => seed);

function part(index: number, given: Partial<LayoutPart> = {}): LayoutPart {
  const digest = index.toString(16).padStart(64, '0');
  return { digest, width: 300, height: 400, score: 1, keyphraseIndex: 0, ...given };
}
const cut = { left: false, top: false, right: false, bottom: true };
const land = { left: true, top: false, right: true, bottom: true };
const parts = new Map(
  [
    part(0),
    part(1, { width: 500 }),
    part(2, { borders: cut }),
    part(3, { borders: { ...cut, left: true } }),
    part(4, { width: 900, height: 500, borders: land }),
  ].map((each) => [each.digest, each]),
);
const start = randomLayout([...parts.values()], ASPECT_RATIO, seededRandom(1, 'start'));
const varied = (seed: number, layers = start) =>
  varyLayout(layers, parts, ASPECT_RATIO, seededRandom(seed, 'vary'));

/** Many small changes after each other, as a search makes them. */
function wander(seed: number): Layer[] {
  let layers = start;
  for (let step = 0; step < 40; step++) layers = varied(1000 * seed + step, layers);
  return layers;
}

describe('varyLayout', () => {
  it('changes one layer, or trades two', () => {
    const counts = SEEDS.map((seed) => varied(seed).filter((layer, index) => layer !== start[index]).length);
    expect(new Set(counts)).toEqual(new Set([1, 2]));
  });

  it('keeps every cut-out, whatever it does', () => {
    const digests = (layers: Layer[]) => layers.map(({ cutoutDigest }) => cutoutDigest).sort();
    for (const seed of SEEDS) expect(digests(varied(seed))).toEqual(digests(start));
  });

  it('is a function of the stream of numbers alone, and leaves its input as it was', () => {
    const before = structuredClone(start);
    expect(varied(5)).toEqual(varied(5));
    expect(SEEDS.some((seed) => JSON.stringify(varied(seed)) !== JSON.stringify(varied(5)))).toBe(true);
    expect(start).toEqual(before);
  });

  it('stays within the bounds of a scene and near the canvas, however long it wanders', () => {
    const stops = [{ offset: 0, color: { red: 0, green: 0, blue: 0 } }];
    for (const seed of SEEDS.slice(0, 40)) {
      const layers = wander(seed);
      validateScene({ aspectRatio: ASPECT_RATIO, background: { angleDegrees: 0, stops }, layers });
      for (const { placement } of layers) {
        expect(placement!.height).toBeGreaterThanOrEqual(0.09);
        expect(placement!.centerX).toBeGreaterThanOrEqual(-0.5);
        expect(placement!.centerX).toBeLessThanOrEqual(ASPECT_RATIO + 0.5);
      }
    }
  });

  it('keeps sides cut off by their photo on the canvas edge', () => {
    for (const seed of SEEDS.slice(0, 40)) {
      for (const layer of wander(seed)) {
        const its = parts.get(layer.cutoutDigest)!;
        if (its.borders?.bottom) expect(layerBounds(layer, its).bottom).toBeGreaterThanOrEqual(0.999);
      }
    }
  });

  it('keeps grounds as wide as the canvas, upright, and behind the subjects', () => {
    for (const seed of SEEDS.slice(0, 40)) {
      const layers = wander(seed);
      const index = layers.findIndex(({ cutoutDigest }) => isGround(parts.get(cutoutDigest)!));
      if (index < 0) continue;
      const bounds = layerBounds(layers[index]!, parts.get(layers[index]!.cutoutDigest)!);
      expect(index).toBe(0);
      expect(bounds.left).toBeLessThanOrEqual(1e-9);
      expect(bounds.right).toBeGreaterThanOrEqual(ASPECT_RATIO - 1e-9);
      expect(layers[index]!.placement!.rotationDegrees).toBe(0);
    }
  });

  it('leaves layers alone whose cut-out it was not given, and a scene that has no others', () => {
    const stranger: Layer = { ...start[0]!, cutoutDigest: 'f'.repeat(64) };
    for (const seed of SEEDS.slice(0, 40)) expect(varied(seed, [stranger, ...start])[0]).toBe(stranger);
    expect(varied(1, [stranger])).toEqual([stranger]);
    expect(varied(1, [])).toEqual([]);
  });
});

describe('replacePart', () => {
  it('puts another cut-out in the place of a layer, as large as that one was', () => {
    const index = start.findIndex(({ cutoutDigest }) => cutoutDigest === part(0).digest);
    const other = part(9, { width: 400, height: 300 });
    const replaced = replacePart(start, index, parts.get(part(0).digest)!, other, ASPECT_RATIO);
    const before = start[index]!.placement!;
    expect(replaced[index]!.cutoutDigest).toBe(other.digest);
    expect(replaced[index]!.placement).toMatchObject({ centerX: before.centerX, centerY: before.centerY });
    expect(replaced[index]!.placement!.height ** 2 * (4 / 3)).toBeCloseTo(before.height ** 2 * 0.75);
    expect(replaced.toSpliced(index, 1)).toEqual(start.toSpliced(index, 1));
  });
});
