/**
 * Prints random layouts as a JSON array of scenes: `node draw-layouts.mjs SCENES LAYERS [SEED]`. Drawn by the product's
 * own prior, of cut-outs named by their number (64 hex digits), so that benchmarks in Python see what a collage sees.
 */
import { randomLayout } from '../../dist/libs/scene/src/random-layout.js';
import { seededRandom } from '../../dist/libs/scene/src/seeded-random.js';

const [sceneCount, layerCount, seed = 1] = process.argv.slice(2).map(Number);
const aspectRatio = 1.5;
/** Every tenth is a landscape as wide as its photo, every third of the others was cut off below. */
const parts = Array.from({ length: layerCount }, (_, index) => {
  const random = seededRandom(seed, 'part', index);
  const isGround = index % 10 === 9;
  const proportion = isGround ? 1.6 : 0.6 + random();
  return {
    digest: index.toString(16).padStart(64, '0'),
    width: Math.round(384 * Math.min(1, proportion)),
    height: Math.round(384 * Math.min(1, 1 / proportion)),
    borders: { left: isGround, right: isGround, top: false, bottom: isGround || index % 3 === 0 },
    score: random(),
    keyphraseIndex: index % 3,
  };
});
const grey = (value) => ({ red: value, green: value, blue: value });
const background = {
  angleDegrees: 0,
  stops: [0, 0.25, 0.5, 0.75, 1].map((offset) => ({ offset, color: grey(0.8 - 0.4 * offset) })),
};
const scenes = Array.from({ length: sceneCount }, (_, index) => ({
  aspectRatio,
  background,
  layers: randomLayout(parts, aspectRatio, seededRandom(seed, 'layout', index)),
}));
console.log(JSON.stringify({ parts, scenes }));
