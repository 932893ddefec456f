import type { Borders } from '@collage/proto/collage/v1/photo.js';
import type { Layer } from '@collage/proto/collage/v1/scene.js';
import { describe, expect, it } from 'vitest';
import { isGround, type LayoutPart } from './layout-part.js';
import { randomLayout } from './random-layout.js';
import { layerBounds as boundsOf, layerCorners, offCanvasShare } from './scene-bounds.js';
import { seededRandom } from './seeded-random.js';
import { validateScene } from './validate-scene.js';

const NO_BORDERS: Borders = { left: false, top: false, right: false, bottom: false };
const SEEDS = Array.from({ length: 300 }, (_, seed) => seed);
const ASPECT_RATIOS = [1.5, 1, 0.7, 2.4];

/** Parts of all kinds and proportions: as a seed draws them. */
function randomParts(seed: number): LayoutPart[] {
  const random = seededRandom(seed, 'parts');
  return Array.from({ length: 1 + Math.floor(random() * 24) }, (_, index) => ({
    digest: index.toString(16).padStart(64, '0'),
    width: Math.round(40 + 900 * random()),
    height: Math.round(40 + 900 * random()),
    ...(random() < 0.6
      ? {
          borders: {
            left: random() < 0.3,
            top: random() < 0.2,
            right: random() < 0.3,
            bottom: random() < 0.5,
          },
        }
      : {}),
    score: random(),
    keyphraseIndex: Math.floor(random() * 3),
  }));
}

interface Drawn {
  layers: Layer[];
  aspectRatio: number;
  partOf: (layer: Layer) => LayoutPart;
  parts: LayoutPart[];
}

function draw(seed: number): Drawn {
  const parts = randomParts(seed);
  const aspectRatio = ASPECT_RATIOS[seed % ASPECT_RATIOS.length]!;
  const layers = randomLayout(parts, aspectRatio, seededRandom(seed, 'layout'));
  const byDigest = new Map(parts.map((part) => [part.digest, part]));
  return { parts, layers, aspectRatio, partOf: ({ cutoutDigest }) => byDigest.get(cutoutDigest)! };
}

/** Corners in the photo's own order: flipping swaps left and right on the canvas, not here. */
function sides(layer: Layer, part: LayoutPart) {
  const [topLeft, topRight, bottomRight, bottomLeft] = layerCorners(layer, part);
  return {
    top: [topLeft, topRight],
    bottom: [bottomLeft, bottomRight],
    left: [topLeft, bottomLeft],
    right: [topRight, bottomRight],
  };
}

describe('randomLayout', () => {
  it('gives valid scenes with every subject once and at most two grounds', () => {
    for (const seed of SEEDS) {
      const { layers, aspectRatio, parts, partOf } = draw(seed);
      const stops = [{ offset: 0, color: { red: 0, green: 0, blue: 0 } }];
      validateScene({ aspectRatio, background: { angleDegrees: 0, stops }, layers });
      const used = layers.map(({ cutoutDigest }) => cutoutDigest);
      expect(new Set(used).size).toBe(used.length);
      const subjects = parts.filter((part) => !isGround(part)).map(({ digest }) => digest);
      expect(used).toEqual(expect.arrayContaining(subjects));
      expect(layers.filter((layer) => isGround(partOf(layer))).length).toBeLessThanOrEqual(2);
    }
  });

  it('paints grounds first, across the whole width, their cut lower side on or below the canvas edge', () => {
    let groundCount = 0;
    for (const seed of SEEDS) {
      const { layers, aspectRatio, partOf } = draw(seed);
      const areGrounds = layers.map((layer) => isGround(partOf(layer)));
      expect(areGrounds).toEqual([...areGrounds].sort((one, other) => Number(other) - Number(one)));
      for (const layer of layers.filter((_, index) => areGrounds[index])) {
        groundCount++;
        const { left, right, bottom } = boundsOf(layer, partOf(layer));
        expect(left).toBeLessThanOrEqual(0);
        expect(right).toBeGreaterThanOrEqual(aspectRatio);
        expect(bottom).toBeGreaterThanOrEqual(1);
      }
    }
    expect(groundCount).toBeGreaterThan(30);
  });

  it('fills the canvas with a ground that its photo cut off on all sides: no edge shows in mid-air', () => {
    for (const seed of SEEDS) {
      const borders = { left: true, top: true, right: true, bottom: true };
      const photo = { digest: 'f'.repeat(64), width: 800, height: 600, borders, score: 1, keyphraseIndex: 0 };
      const aspectRatio = ASPECT_RATIOS[seed % ASPECT_RATIOS.length]!;
      const [layer] = randomLayout([photo], aspectRatio, seededRandom(seed, 'layout'));
      const { left, right, top, bottom } = boundsOf(layer!, photo);
      expect([left <= 0, top <= 0, right >= aspectRatio, bottom >= 1]).toEqual([true, true, true, true]);
    }
  });

  it('takes for a landscape only what fills the lower part of its photo from side to side and is wide', () => {
    const borders = { left: true, top: false, right: true, bottom: true };
    expect(isGround({ width: 500, height: 500, borders })).toBe(false);
    expect(isGround({ width: 800, height: 500, borders })).toBe(true);
    expect(isGround({ width: 800, height: 500, borders: { ...borders, bottom: false } })).toBe(false);
  });

  it("makes each keyphrase's first part one of the larger ones", () => {
    for (const seed of SEEDS) {
      const parts = Array.from({ length: 12 }, (_, index) => ({
        digest: index.toString(16).padStart(64, '0'),
        width: 400,
        height: 400,
        score: 12 - index,
        keyphraseIndex: index === 11 ? 1 : 0,
      }));
      const layers = randomLayout(parts, 1.5, seededRandom(seed, 'layout'));
      const sizes = layers.map(({ placement }) => placement!.height).sort((one, other) => other - one);
      const lead = layers.find(({ cutoutDigest }) => cutoutDigest === parts[11]!.digest)!;
      // A hero or a medium one: the five largest of twelve at least.
      expect(lead.placement!.height).toBeGreaterThanOrEqual(sizes[5]!);
    }
  });

  it('shows the ground behind above the one in front', () => {
    for (const seed of SEEDS) {
      const { layers, partOf } = draw(seed);
      const tops = layers
        .filter((layer) => isGround(partOf(layer)))
        .map((layer) => boundsOf(layer, partOf(layer)).top);
      if (tops.length === 2) expect(tops[1]! - tops[0]!).toBeGreaterThanOrEqual(0.12 - 1e-9);
    }
  });

  it('puts cut sides of subjects on the canvas edge: below, above, and left or right on either side', () => {
    for (const seed of SEEDS) {
      const { layers, aspectRatio, partOf } = draw(seed);
      for (const layer of layers) {
        const part = partOf(layer);
        const { borders = NO_BORDERS } = part;
        if (isGround(part)) continue;
        const { left, right, top, bottom } = sides(layer, part);
        if (borders.bottom) expect(Math.min(...bottom.map(({ y }) => y))).toBeGreaterThanOrEqual(1);
        else if (borders.top) expect(Math.max(...top.map(({ y }) => y))).toBeLessThanOrEqual(0);
        // Cut off on both sides, a portrait can hide one of them at most: it stands where it likes.
        if (borders.left === borders.right) continue;
        const cut = (borders.left ? left : right).map(({ x }) => x);
        expect(Math.max(...cut) <= 0 || Math.min(...cut) >= aspectRatio).toBe(true);
      }
    }
  });

  it('keeps subjects on the canvas, not too wide, and mostly upright', () => {
    const turns: number[] = [];
    for (const seed of SEEDS) {
      const { layers, aspectRatio, partOf } = draw(seed);
      for (const layer of layers.filter((candidate) => !isGround(partOf(candidate)))) {
        const part = partOf(layer);
        expect(offCanvasShare(layer, part, aspectRatio)).toBeLessThan(0.2);
        expect((layer.placement!.height * part.width) / part.height).toBeLessThanOrEqual(
          0.6 * aspectRatio + 1e-9,
        );
        turns.push(Math.abs(layer.placement!.rotationDegrees));
      }
    }
    expect(Math.max(...turns)).toBeLessThanOrEqual(15);
    expect(turns.filter((turn) => turn <= 8).length / turns.length).toBeGreaterThan(0.85);
  });

  it('paints larger subjects behind smaller ones', () => {
    for (const seed of SEEDS) {
      const { layers, partOf } = draw(seed);
      const areas = layers
        .filter((layer) => !isGround(partOf(layer)))
        .map((layer) => layer.placement!.height ** 2 * (partOf(layer).width / partOf(layer).height));
      expect(areas).toEqual([...areas].sort((one, other) => other - one));
    }
  });

  it('has a hero, usually a better fitting part, and leaves more air above than below', () => {
    const parts = Array.from({ length: 12 }, (_, index) => ({
      digest: index.toString(16).padStart(64, '0'),
      width: 300,
      height: 300,
      score: 1 - index / 12,
      keyphraseIndex: index % 2,
    }));
    const layouts = SEEDS.map((seed) => randomLayout(parts, 1.5, seededRandom(seed)));
    const heroes = layouts.map((layers) => layers[0]!);
    expect(Math.min(...heroes.map(({ placement }) => placement!.height))).toBeGreaterThan(0.35);
    const bestHalf = heroes.filter(({ cutoutDigest }) => parseInt(cutoutDigest, 16) < 6);
    expect(bestHalf.length / heroes.length).toBeGreaterThan(0.7);
    const centers = layouts.flat().map(({ placement }) => placement!.centerY);
    expect(centers.reduce((sum, y) => sum + y, 0) / centers.length).toBeGreaterThan(0.52);
  });

  it('is a function of its stream: the same one gives the same layout, another one another', () => {
    const parts = randomParts(5);
    const layout = (seed: number): Layer[] => randomLayout(parts, 1.5, seededRandom(seed));
    expect(layout(1)).toEqual(layout(1));
    expect(layout(1)).not.toEqual(layout(2));
  });

  it('copes with no parts, one part, only grounds and hundreds of parts', () => {
    const [part] = randomParts(1);
    const random = seededRandom(1);
    expect(randomLayout([], 1.5, random)).toEqual([]);
    expect(randomLayout([{ ...part!, borders: NO_BORDERS }], 1.5, random)).toHaveLength(1);
    const ground = { ...part!, borders: { ...NO_BORDERS, left: true, right: true, bottom: true } };
    for (const seed of SEEDS) expect(randomLayout([ground], 1.5, seededRandom(seed))).toHaveLength(1);
    const many = Array.from({ length: 300 }, (_, index) => ({
      ...part!,
      digest: index.toString(16).padStart(64, '0'),
    }));
    expect(
      randomLayout(
        many.map((one) => ({ ...one, borders: NO_BORDERS })),
        1.5,
        random,
      ),
    ).toHaveLength(300);
  });
});
