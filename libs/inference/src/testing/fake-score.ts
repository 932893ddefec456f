import type { Objective, SceneScore } from '@collage/proto/collage/v1/composition_service.js';
import type { Color, Layer, Placement, Scene } from '@collage/proto/collage/v1/scene.js';
import { seededRandom } from '@collage/scene/seeded-random.js';
import { fakePerceptor } from './fake-model.js';

/**
 * The taste of the fake perceptor: for every prompt it wants each cut-out at one place, and the background in
 * one color. The nearer a scene is to that, the higher its score, without any plateau; so a climb has
 * somewhere to go.
 */
export function fakeScore(objective: Objective, scene: Scene): SceneScore {
  const fits = scene.layers.map((layer) => layerFit(objective.prompt, layer, scene.aspectRatio));
  const promptSimilarity =
    0.6 * mean(fits) +
    0.35 * backgroundFit(objective.prompt, scene) +
    0.05 * orderFit(objective.prompt, scene);
  const similarity = (text: string) =>
    mean(scene.layers.map((layer, index) => fits[index]! * affinity(text, layer.cutoutDigest)));
  const keyphraseSimilarities = objective.keyphrases.map(({ text }) => similarity(text));
  const layoutPenalty = scene.layers.reduce((sum, layer) => sum + offCanvas(layer, scene.aspectRatio), 0);
  const score =
    promptSimilarity +
    weightedMean(objective.keyphrases, keyphraseSimilarities) -
    weightedMean(
      objective.negatives,
      objective.negatives.map(({ text }) => affinity(text, '') * 0.1),
    ) -
    0.1 * layoutPenalty;
  const { name: modelName, digest: modelDigest } = fakePerceptor;
  return { score, promptSimilarity, keyphraseSimilarities, layoutPenalty, modelName, modelDigest };
}

/** Where the fake perceptor wants a cut-out. */
export function aimOfCutout(prompt: string, cutoutDigest: string, aspectRatio: number): Placement {
  const random = seededRandom(0, 'cutout', prompt, cutoutDigest);
  return {
    centerX: aspectRatio * (0.2 + 0.6 * random()),
    centerY: 0.2 + 0.6 * random(),
    height: 0.2 + 0.4 * random(),
    rotationDegrees: 40 * (random() - 0.5),
  };
}

/** What the fake perceptor wants behind everything. */
export function aimOfBackground(prompt: string): { color: Color; angleDegrees: number } {
  const random = seededRandom(0, 'background', prompt);
  return { color: { red: random(), green: random(), blue: random() }, angleDegrees: 60 * (random() - 0.5) };
}

function layerFit(prompt: string, layer: Layer, aspectRatio: number): number {
  const place = layer.placement!;
  const aim = aimOfCutout(prompt, layer.cutoutDigest, aspectRatio);
  const isFlipped = seededRandom(0, 'flip', prompt, layer.cutoutDigest)() < 0.5;
  const distance =
    (place.centerX - aim.centerX) ** 2 +
    (place.centerY - aim.centerY) ** 2 +
    Math.log(place.height / aim.height) ** 2 +
    ((place.rotationDegrees - aim.rotationDegrees) / 90) ** 2 +
    (layer.flipped === isFlipped ? 0 : 0.02);
  return layer.opacity / (1 + distance);
}

/** Share of the neighbors in painting order that lie as the fake perceptor wants them; every cut-out has a rank. */
function orderFit(prompt: string, { layers }: Scene): number {
  const ranks = layers.map(({ cutoutDigest }) => seededRandom(0, 'rank', prompt, cutoutDigest)());
  return mean(ranks.slice(1).map((rank, index) => (rank >= ranks[index]! ? 1 : 0)));
}

function backgroundFit(prompt: string, { background }: Scene): number {
  const { color, angleDegrees } = aimOfBackground(prompt);
  const distances = background!.stops.map(
    (stop) =>
      (stop.color!.red - color.red) ** 2 +
      (stop.color!.green - color.green) ** 2 +
      (stop.color!.blue - color.blue) ** 2,
  );
  const turn = ((background!.angleDegrees - angleDegrees) / 180) ** 2;
  return 1 / (1 + mean(distances) + turn);
}

/** How far a layer's center is outside of the canvas, in canvas heights. */
function offCanvas({ placement }: Layer, aspectRatio: number): number {
  const outside = (value: number, size: number) => Math.max(0, -value, value - size);
  return outside(placement!.centerX, aspectRatio) + outside(placement!.centerY, 1);
}

/** How well a text names a cut-out, 0 to 1. */
function affinity(text: string, cutoutDigest: string): number {
  return seededRandom(0, 'affinity', text, cutoutDigest)();
}

function weightedMean(weighted: ReadonlyArray<{ weight: number }>, values: readonly number[]): number {
  const total = weighted.reduce((sum, { weight }) => sum + weight, 0);
  return total === 0
    ? 0
    : weighted.reduce((sum, { weight }, index) => sum + weight * values[index]!, 0) / total;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
