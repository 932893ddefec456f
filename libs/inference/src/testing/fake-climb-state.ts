import type { Objective } from '@collage/proto/collage/v1/composition_service.js';
import type { Scene } from '@collage/proto/collage/v1/scene.js';
import { fakeScore } from './fake-score.js';

/**
 * What changes during a climb of the fake, as plain data. Layers are named by their index in the start's
 * scene, added ones follow; an index never changes its meaning.
 */
export interface FakeClimbState {
  /** Steps done. */
  step: number;
  /** Every layer, by index. */
  scene: Scene;
  /** Painting order of all layers, the last one on top. */
  order: number[];
  hidden: number[];
  pinned: number[];
  /** Digests. */
  banned: string[];
  /** Of the keyphrases. */
  weights: number[];
}

/** A scene that a climb came by, as people see it. */
export interface FakeIterate {
  scene: Scene;
  layerIndices: number[];
  score: number;
  step: number;
}

/** Where a climb begins. */
export function startOf(objective: Objective, scene: Scene): FakeClimbState {
  return {
    step: 0,
    scene: structuredClone(scene),
    order: scene.layers.map((_, index) => index),
    hidden: [],
    pinned: [],
    banned: [],
    weights: objective.keyphrases.map(({ weight }) => weight),
  };
}

/** The layers that are painted, the last one on top. */
export function shownLayers({ scene, order, hidden, banned }: FakeClimbState): number[] {
  return order.filter(
    (index) => !hidden.includes(index) && !banned.includes(scene.layers[index]!.cutoutDigest),
  );
}

/** The scene as it is now, and its score. */
export function iterateOf(objective: Objective, state: FakeClimbState): FakeIterate {
  const layerIndices = shownLayers(state);
  const layers = layerIndices.map((index) => state.scene.layers[index]!);
  const scene = structuredClone({ ...state.scene, layers });
  const keyphrases = objective.keyphrases.map(({ text }, index) => ({ text, weight: state.weights[index]! }));
  return {
    scene,
    layerIndices,
    score: fakeScore({ ...objective, keyphrases }, scene).score,
    step: state.step,
  };
}
