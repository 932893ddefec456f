import type { Objective, SceneEvaluation } from '@collage/proto/collage/v1/composition_service.js';
import type { Layer, Scene } from '@collage/proto/collage/v1/scene.js';
import {
  type Affine,
  type CutoutSize,
  invertAffine,
  placementMatrix,
} from '@collage/scene/placement-matrix.js';
import { offCanvasShare, type Point } from '@collage/scene/scene-bounds.js';
import { seededRandom } from '@collage/scene/seeded-random.js';
import { fakeModel, fakePerceptor } from './fake-model.js';
import { fakeScore } from './fake-score.js';

/** Judges what was climbed against the fake perceptor. */
const heldOutPerceptor = fakeModel('fake-held-out');

const referenceCount = 100;
/** Probes a side, of a layer's rectangle and of the canvas. */
const probeCount = 24;

/** The size of a cut-out that is held. */
export type SizeOf = (cutoutDigest: string) => CutoutSize;

/**
 * The judgement of the fake: the same figures from the taste of `fake-score.ts`, a second taste that agrees with it
 * for the most part, and cut-outs taken for their rectangles.
 */
export function fakeEvaluation(
  objective: Objective,
  scene: Scene,
  seed: number,
  sizeOf: SizeOf,
): SceneEvaluation {
  const references = Array.from({ length: referenceCount }, (_, index) => scattered(scene, seed, index));
  const own = standing(scene, references, (each) => fakeScore(objective, each).promptSimilarity);
  const heldOut = standing(scene, references, (each) => heldOutSimilarity(objective, each));
  const { score, promptSimilarity } = fakeScore(objective, scene);
  const loss = promptSimilarity - fakeScore(objective, mirrored(scene)).promptSimilarity;
  return {
    perceptor: fakePerceptor,
    similarity: own.similarity,
    lift: own.lift,
    heldOutPerceptor,
    heldOutSimilarity: heldOut.similarity,
    heldOutLift: heldOut.lift,
    overfitIndex: own.lift > 0 ? 1 - heldOut.lift / own.lift : 0,
    mirrorDrop: loss / own.deviation,
    contributions: scene.layers.map(
      (_, index) =>
        score - fakeScore(objective, { ...scene, layers: scene.layers.toSpliced(index, 1) }).score,
    ),
    ...shares(scene, sizeOf),
  };
}

/** Where a scene stands among others: its similarity, and how many standard deviations above their mean that is. */
function standing(scene: Scene, references: Scene[], similarityOf: (scene: Scene) => number) {
  const similarity = similarityOf(scene);
  const similarities = references.map(similarityOf);
  const mean = similarities.reduce((sum, each) => sum + each, 0) / similarities.length;
  const variance =
    similarities.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (similarities.length - 1);
  const deviation = Math.max(1e-3, Math.sqrt(variance));
  return { similarity, lift: (similarity - mean) / deviation, deviation };
}

/** A second opinion: seven parts the same taste, three parts another. */
function heldOutSimilarity(objective: Objective, scene: Scene): number {
  const other = { ...objective, prompt: `${objective.prompt}, seen by another` };
  return 0.7 * fakeScore(objective, scene).promptSimilarity + 0.3 * fakeScore(other, scene).promptSimilarity;
}

/** The same cut-outs anywhere, on grey. */
function scattered({ aspectRatio, layers }: Scene, seed: number, index: number): Scene {
  const random = seededRandom(seed, 'reference', index);
  const color = { red: 0.5, green: 0.5, blue: 0.5 };
  const digests = layers.map(({ cutoutDigest }) => cutoutDigest).sort();
  return {
    aspectRatio,
    background: { angleDegrees: 0, stops: [{ offset: 0, color }] },
    layers: digests.map((cutoutDigest) => ({
      cutoutDigest,
      placement: { centerX: aspectRatio * random(), centerY: random(), height: 0.3, rotationDegrees: 0 },
      opacity: 1,
      tint: undefined,
      flipped: false,
    })),
  };
}

/** The scene mirrored left to right. */
function mirrored(scene: Scene): Scene {
  const layers = scene.layers.map((layer) => ({
    ...layer,
    placement: {
      ...layer.placement!,
      centerX: scene.aspectRatio - layer.placement!.centerX,
      rotationDegrees: -layer.placement!.rotationDegrees,
    },
    flipped: !layer.flipped,
  }));
  return { ...scene, layers };
}

function shares(
  { aspectRatio, layers }: Scene,
  sizeOf: SizeOf,
): Pick<SceneEvaluation, 'visibleShares' | 'offCanvasShare' | 'blankShare'> {
  const sizes = layers.map(({ cutoutDigest }) => sizeOf(cutoutDigest));
  const places = layers.map((layer, index) => placementMatrix(layer, sizes[index]!, 1));
  const backs = places.map(invertAffine);
  /** Share of light at a canvas point that the layers from `first` on let through. */
  const through = (first: number, point: Point) =>
    layers.reduce((light, { opacity }, index) => {
      const isCovered = index >= first && isWithin(sizes[index]!, applied(backs[index]!, point));
      return isCovered ? light * (1 - opacity) : light;
    }, 1);
  const isOnCanvas = ({ x, y }: Point) => x >= 0 && x <= aspectRatio && y >= 0 && y <= 1;
  const visibleShares = layers.map(({ opacity }, index) =>
    opacity === 0
      ? 0
      : meanOver(sizes[index]!, (point) => {
          const place = applied(places[index]!, point);
          return isOnCanvas(place) ? through(index + 1, place) : 0;
        }),
  );
  const areas = layers.map((layer, index) => areaOf(layer, sizes[index]!));
  const off = layers.map((layer, index) => areas[index]! * offCanvasShare(layer, sizes[index]!, aspectRatio));
  return {
    visibleShares,
    offCanvasShare: sum(areas) === 0 ? 0 : sum(off) / sum(areas),
    blankShare: meanOver({ width: aspectRatio, height: 1 }, (point) => through(0, point)),
  };
}

function areaOf({ placement, opacity }: Layer, { width, height }: CutoutSize): number {
  return opacity * placement!.height ** 2 * (width / height);
}

/** The mean of a value over evenly spread points of a rectangle. */
function meanOver({ width, height }: CutoutSize, valueAt: (point: Point) => number): number {
  const at = (index: number) => (index + 0.5) / probeCount;
  const rows = Array.from({ length: probeCount }, (_, row) =>
    sum(
      Array.from({ length: probeCount }, (_, column) =>
        valueAt({ x: width * at(column), y: height * at(row) }),
      ),
    ),
  );
  return sum(rows) / probeCount ** 2;
}

function applied({ a, b, c, d, e, f }: Affine, { x, y }: Point): Point {
  return { x: a * x + c * y + e, y: b * x + d * y + f };
}

function isWithin({ width, height }: CutoutSize, { x, y }: Point): boolean {
  return x > 0 && x < width && y > 0 && y < height;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
