import {
  type OptimizeCheckpoint,
  type OptimizeProgress,
  type OptimizeResult,
  type OptimizeStart,
  Parameter,
  type Steer,
  type StopReason,
} from '@collage/proto/collage/v1/composition_service.js';
import { Color, Gradient, Layer, type Scene } from '@collage/proto/collage/v1/scene.js';
import { seededRandom } from '@collage/scene/seeded-random.js';
import { fakePerceptor } from './fake-embedding.js';
import { aimOfBackground, aimOfCutout, fakeScore } from './fake-score.js';

/** A layer and what the person watching asked for it. */
interface SteeredLayer {
  layer: Layer;
  pinned: boolean;
  hidden: boolean;
  banned: boolean;
}

/** What a checkpoint keeps in `optimizer_state`, as JSON. */
interface SteeredState {
  layers: SteeredLayer[];
  order: number[];
  keyphraseWeights: number[];
}

/**
 * A climb of the fake: every step goes a part of the way to where the fake perceptor wants things (see
 * `fake-score.ts`), with a little noise that is a function of seed and step. It keeps every promise of
 * `OptimizeScene`: masks, best iterate, checkpoints, steering.
 */
export class FakeClimb {
  step: number;
  stalledStepCount: number;
  readonly #start: OptimizeStart;
  readonly #mask: ReadonlySet<Parameter>;
  readonly #background: Gradient;
  readonly #startScore: number;
  #state: SteeredState;
  #best: { scene: Scene; score: number; step: number };

  constructor(start: OptimizeStart) {
    this.#start = structuredClone(start);
    this.#mask = new Set(start.parameters);
    const { checkpoint } = this.#start;
    this.#background = Gradient.fromPartial((checkpoint ?? this.#start).scene!.background!);
    this.#state = checkpoint
      ? (JSON.parse(Buffer.from(checkpoint.optimizerState).toString()) as SteeredState)
      : {
          layers: this.#start.scene!.layers.map((layer) => steered(layer)),
          order: this.#start.scene!.layers.map((_, index) => index),
          keyphraseWeights: this.#start.objective!.keyphrases.map(({ weight }) => weight),
        };
    this.step = checkpoint?.step ?? 0;
    this.stalledStepCount = checkpoint?.stalledStepCount ?? 0;
    this.#startScore = checkpoint?.startScore ?? this.#score();
    this.#best = checkpoint
      ? { scene: checkpoint.bestScene!, score: checkpoint.bestScore, step: checkpoint.bestStep }
      : { scene: this.scene(), score: this.#startScore, step: 0 };
  }

  /** The scene now; shares nothing with the climb. */
  scene(): Scene {
    const shown = this.#state.order.map((index) => this.#state.layers[index]!);
    return structuredClone({
      aspectRatio: this.#start.scene!.aspectRatio,
      background: this.#background,
      layers: shown.filter(({ hidden, banned }) => !hidden && !banned).map(({ layer }) => layer),
    });
  }

  /** Takes one step. */
  climb(): OptimizeProgress {
    this.step += 1;
    const { seed, stepCount, learningRateScale, checkpointIntervalSteps } = this.#start.options!;
    const rate = Math.min(1, 0.1 * (learningRateScale || 1));
    const random = seededRandom(seed, 'step', this.step);
    for (const each of this.#state.layers) if (!each.pinned) this.#moveLayer(each.layer, rate, random);
    this.#moveBackground(rate);
    if (this.#mask.has(Parameter.ORDER)) this.#reorder();
    const score = this.#score();
    this.stalledStepCount = score > this.#best.score ? 0 : this.stalledStepCount + 1;
    if (score > this.#best.score) this.#best = { scene: this.scene(), score, step: this.step };
    const due = checkpointIntervalSteps > 0 && this.step % checkpointIntervalSteps === 0;
    return {
      step: this.step,
      stepCount,
      score,
      scene: this.scene(),
      checkpoint: due ? this.#checkpoint(score) : undefined,
      lossTerms: { prompt: -score },
    };
  }

  /** Applies a request of the person watching. The best scene is one that was seen after it. */
  steer(action: NonNullable<Steer['action']>): void {
    const { layers, order, keyphraseWeights } = this.#state;
    const at = (index: number) => layers[index] ?? steered(Layer.create());
    if (action.$case === 'pin') at(action.value.layerIndex).pinned = true;
    if (action.$case === 'unpin') at(action.value.layerIndex).pinned = false;
    if (action.$case === 'hide') at(action.value.layerIndex).hidden = true;
    if (action.$case === 'show') at(action.value.layerIndex).hidden = false;
    if (action.$case === 'move') at(action.value.layerIndex).layer.placement = action.value.placement;
    if (action.$case === 'setWeight') keyphraseWeights[action.value.keyphraseIndex] = action.value.weight;
    if (action.$case === 'add') order.push(layers.push(steered(action.value.layer!)) - 1);
    if (action.$case === 'ban') {
      for (const each of layers) each.banned ||= each.layer.cutoutDigest === action.value.cutoutDigest;
    }
    this.#best = { scene: this.scene(), score: this.#score(), step: this.step };
  }

  result(stopReason: StopReason): OptimizeResult {
    return {
      scene: this.#best.scene,
      score: this.#best.score,
      startScore: this.#startScore,
      stepCount: this.step,
      bestStep: this.#best.step,
      stopReason,
      model: fakePerceptor,
    };
  }

  #score(): number {
    const objective = this.#start.objective!;
    const weights = this.#state.keyphraseWeights;
    const keyphrases = objective.keyphrases.map(({ text }, index) => ({ text, weight: weights[index]! }));
    return fakeScore({ ...objective, keyphrases }, this.scene()).score;
  }

  #checkpoint(score: number): OptimizeCheckpoint {
    return {
      step: this.step,
      scene: this.scene(),
      bestScene: this.#best.scene,
      bestScore: this.#best.score,
      bestStep: this.#best.step,
      smoothedScore: score,
      stalledStepCount: this.stalledStepCount,
      optimizerState: Buffer.from(JSON.stringify(this.#state)),
      startScore: this.#startScore,
    };
  }

  #moveLayer(layer: Layer, rate: number, random: () => number): void {
    const place = layer.placement!;
    const { aspectRatio } = this.#start.scene!;
    const aim = aimOfCutout(this.#start.objective!.prompt, layer.cutoutDigest, aspectRatio);
    const jitter = () => 0.002 * (random() - 0.5);
    if (this.#mask.has(Parameter.POSITION)) {
      place.centerX += rate * (aim.centerX - place.centerX) + jitter();
      place.centerY += rate * (aim.centerY - place.centerY) + jitter();
    }
    if (this.#mask.has(Parameter.HEIGHT)) place.height *= (aim.height / place.height) ** rate;
    if (this.#mask.has(Parameter.ROTATION)) {
      place.rotationDegrees += rate * (aim.rotationDegrees - place.rotationDegrees);
    }
    if (this.#mask.has(Parameter.OPACITY)) layer.opacity += rate * (1 - layer.opacity);
    if (this.#mask.has(Parameter.TINT)) {
      layer.tint = blended(layer.tint ?? white, white, rate);
    }
  }

  #moveBackground(rate: number): void {
    const aim = aimOfBackground(this.#start.objective!.prompt);
    if (this.#mask.has(Parameter.BACKGROUND_COLORS)) {
      for (const stop of this.#background.stops) stop.color = blended(stop.color!, aim.color, rate);
    }
    if (this.#mask.has(Parameter.BACKGROUND_ANGLE)) {
      this.#background.angleDegrees += rate * (aim.angleDegrees - this.#background.angleDegrees);
    }
  }

  /** Swaps the first two neighbors of which the smaller one lies behind. */
  #reorder(): void {
    const { layers, order } = this.#state;
    const height = (position: number) => layers[order[position]!]!.layer.placement!.height;
    for (let position = 1; position < order.length; position++) {
      if (height(position - 1) >= height(position)) continue;
      [order[position - 1], order[position]] = [order[position]!, order[position - 1]!];
      return;
    }
  }
}

const white: Color = { red: 1, green: 1, blue: 1 };

function steered(layer: Layer): SteeredLayer {
  return { layer, pinned: false, hidden: false, banned: false };
}

function blended(from: Color, to: Color, rate: number): Color {
  const blend = (a: number, b: number) => a + rate * (b - a);
  return {
    red: blend(from.red, to.red),
    green: blend(from.green, to.green),
    blue: blend(from.blue, to.blue),
  };
}
