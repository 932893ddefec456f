import type { SceneComposer } from '@collage/inference/inference.js';
import type { ScoredScene } from '@collage/proto/collage/v1/collage.js';
import type { Objective } from '@collage/proto/collage/v1/composition_service.js';
import type { Layer, Scene } from '@collage/proto/collage/v1/scene.js';
import type { LayoutPart } from '@collage/scene/layout-part.js';
import { seededRandom } from '@collage/scene/seeded-random.js';
import { replacePart, varyLayout } from '@collage/scene/vary-layout.js';

/** Variations that compete in one round; with the layout they vary they fill the sidecar's batches. */
export const VARIATIONS_PER_ROUND = 7;
/** The layout that won a round. */
export interface Round {
  scene: Scene;
  /** By the round's own views. */
  score: number;
  /** Variations tried until then. */
  variationCount: number;
}

/** The whole canvas and a crop: with eight scenes they fill the sidecar's batches. */
const VIEW_COUNT = 2;
/**
 * Rounds that look through the same views; the last of them asks which layers help. With new views every round the
 * luck of a crop decided (lift 1.4 to 1.7 where eight rounds each gave 1.8, three prompts).
 */
const ROUNDS_PER_VIEWS = 8;
/** Unused cut-outs tried in the place of the layer that helps least. */
const SPARES_TRIED = 5;

export interface Refining {
  composer: Pick<SceneComposer, 'scoreScenes'>;
  objective: Objective;
  /** What may be varied, by digest: cut-outs in the layout and unused ones. */
  parts: ReadonlyMap<string, LayoutPart>;
  seed: number;
}

/**
 * Improves a layout by trial: each round tries variations that differ in one thing and keeps the best if it is better
 * (an evolution strategy, (1 + 7) by Rechenberg's notation). All that compete in a round are seen through the same views,
 * and every few rounds these are others: a layout lives on only while it wins under new eyes. Then, too, each layer is
 * left out, and one that does not help is exchanged for an unused cut-out that does.
 *
 * Steps of a gradient move a layer by pixels; most of what is to be won lies elsewhere on the canvas (bench/README.md).
 *
 * @yields after each round the layout that won it, and how many variations were tried so far
 * @param mayGoOn asked before each round, with the variations tried so far
 * @returns the last round; of score 0 where there was none
 */
export async function* refineLayout(
  start: Scene,
  { composer, objective, parts, seed }: Refining,
  variationCount: number,
  mayGoOn: (variationCount: number) => boolean,
  signal?: AbortSignal,
): AsyncGenerator<Round, Round> {
  let scene = start;
  let tried = 0;
  let last: Round = { scene, score: 0, variationCount: 0 };
  for (let round = 0; tried < variationCount && mayGoOn(tried); round++) {
    const viewSeed = (seed + Math.floor(round / ROUNDS_PER_VIEWS)) % 2 ** 31;
    const score = async (scenes: Scene[]): Promise<ScoredScene[]> => {
      const scored: ScoredScene[] = [];
      const look = { viewCount: VIEW_COUNT, seed: viewSeed };
      for await (const each of composer.scoreScenes(objective, scenes, look, signal))
        scored.push({ scene: scenes[each.index], score: each.score });
      return scored;
    };
    const random = seededRandom(seed, 'variation', round);
    const count = Math.min(VARIATIONS_PER_ROUND, variationCount - tried);
    const isSwapRound = round % ROUNDS_PER_VIEWS === ROUNDS_PER_VIEWS - 1;
    const swapped = isSwapRound ? await swaps(scene, parts, score, random) : [];
    const varied = Array.from({ length: count - Math.min(swapped.length, count) }, () =>
      withLayers(scene, varyLayout(scene.layers, parts, scene.aspectRatio, random)),
    );
    const competing = await score([scene, ...swapped.slice(0, count), ...varied]);
    // The present one comes first, so a tie keeps it.
    const winner = competing.reduce((best, each) => (each.score!.score > best.score!.score ? each : best));
    scene = winner.scene!;
    tried += count;
    last = { scene, score: winner.score!.score, variationCount: tried };
    yield last;
  }
  return last;
}

/**
 * The scene with unused cut-outs in the place of the layer that helps least, if that one does not help at all. The best
 * cut-out of each keyphrase stays, whatever the perceptor thinks: it was asked for.
 */
async function swaps(
  scene: Scene,
  parts: ReadonlyMap<string, LayoutPart>,
  score: (scenes: Scene[]) => Promise<ScoredScene[]>,
  random: () => number,
): Promise<Scene[]> {
  const used = new Set(scene.layers.map(({ cutoutDigest }) => cutoutDigest));
  const spares = [...parts.values()].filter(({ digest }) => !used.has(digest));
  const kept = bestOfKeyphrases(parts.values());
  const free = scene.layers.flatMap(({ cutoutDigest }, index) =>
    parts.has(cutoutDigest) && !kept.has(cutoutDigest) ? [index] : [],
  );
  if (spares.length === 0 || free.length === 0) return [];
  const [whole, ...without] = await score([
    scene,
    ...free.map((index) => withLayers(scene, scene.layers.toSpliced(index, 1))),
  ]);
  const helps = without.map(({ score: left }) => whole!.score!.score - left!.score);
  const least = helps.indexOf(Math.min(...helps));
  if (helps[least]! > 0) return [];
  const index = free[least]!;
  const old = parts.get(scene.layers[index]!.cutoutDigest)!;
  // Those that serve the same keyphrase first; by chance among equals.
  const order = spares
    .map((part) => ({ part, rank: Number(part.keyphraseIndex !== old.keyphraseIndex) + random() }))
    .sort((one, other) => one.rank - other.rank);
  return order
    .slice(0, SPARES_TRIED)
    .map(({ part }) => withLayers(scene, replacePart(scene.layers, index, old, part, scene.aspectRatio)));
}

/** Digests of the best part of each keyphrase. */
function bestOfKeyphrases(parts: Iterable<LayoutPart>): Set<string> {
  const best = new Map<number, LayoutPart>();
  for (const part of parts) {
    const before = best.get(part.keyphraseIndex);
    if (!before || part.score > before.score) best.set(part.keyphraseIndex, part);
  }
  return new Set([...best.values()].map(({ digest }) => digest));
}

function withLayers(scene: Scene, layers: Layer[]): Scene {
  return { ...scene, layers };
}
