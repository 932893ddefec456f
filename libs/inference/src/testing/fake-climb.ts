import {
  type OptimizeCheckpoint,
  type OptimizeProgress,
  type OptimizeResult,
  type OptimizeStart,
  Parameter,
  type StopReason,
} from '@collage/proto/collage/v1/composition_service.js';
import type { Color, Layer, Scene } from '@collage/proto/collage/v1/scene.js';
import { seededRandom } from '@collage/scene/seeded-random.js';
import { fakePerceptor } from './fake-embedding.js';
import { aimOfBackground, aimOfCutout, fakeScore } from './fake-score.js';

const white: Color = { red: 1, green: 1, blue: 1 };

/**
 * A climb of the fake: every step goes a part of the way to where the fake perceptor wants things (see
 * `fake-score.ts`), with a little noise that is a function of seed and step. It keeps the promises of
 * `OptimizeScene`: masks, best iterate, checkpoints.
 */
export class FakeClimb {
  step = 0;
  stalledStepCount = 0;
  readonly #mask: ReadonlySet<Parameter>;
  readonly #startScore: number;
  #scene: Scene;
  #best: { scene: Scene; score: number; step: number };

  constructor(private readonly start: OptimizeStart) {
    this.#mask = new Set(start.parameters);
    const { checkpoint } = start;
    if (checkpoint) {
      this.#scene = structuredClone(checkpoint.scene!);
      this.#startScore = checkpoint.startScore;
      this.#best = { scene: checkpoint.bestScene!, score: checkpoint.bestScore, step: checkpoint.bestStep };
      this.step = checkpoint.step;
      this.stalledStepCount = checkpoint.stalledStepCount;
    } else {
      this.#scene = structuredClone(start.scene!);
      this.#startScore = this.#score();
      this.#best = { scene: start.scene!, score: this.#startScore, step: 0 };
    }
  }

  /** Takes one step. */
  climb(): OptimizeProgress {
    this.step += 1;
    const { seed, stepCount, learningRateScale, checkpointIntervalSteps } = this.start.options!;
    const rate = Math.min(1, 0.1 * (learningRateScale || 1));
    const random = seededRandom(seed, 'step', this.step);
    for (const layer of this.#scene.layers) this.#moveLayer(layer, rate, random);
    this.#moveBackground(rate);
    const scene = structuredClone(this.#scene);
    const score = this.#score();
    this.stalledStepCount = score > this.#best.score ? 0 : this.stalledStepCount + 1;
    if (score > this.#best.score) this.#best = { scene, score, step: this.step };
    const due = checkpointIntervalSteps > 0 && this.step % checkpointIntervalSteps === 0;
    const checkpoint = due ? this.#checkpoint(scene, score) : undefined;
    return {
      step: this.step,
      stepCount,
      score,
      scene,
      checkpoint,
      lossTerms: { prompt: -score },
      layerIndices: scene.layers.map((_, index) => index),
      steers: [],
      refusedSteers: [],
    };
  }

  /** The best scene so far. */
  result(stopReason: StopReason): OptimizeResult {
    return {
      scene: this.#best.scene,
      score: this.#best.score,
      startScore: this.#startScore,
      stepCount: this.step,
      bestStep: this.#best.step,
      stopReason,
      model: fakePerceptor,
      layerIndices: this.#best.scene.layers.map((_, index) => index),
      steers: [],
    };
  }

  #score(): number {
    return fakeScore(this.start.objective!, this.#scene).score;
  }

  #checkpoint(scene: Scene, score: number): OptimizeCheckpoint {
    return {
      step: this.step,
      scene,
      bestScene: this.#best.scene,
      bestScore: this.#best.score,
      bestStep: this.#best.step,
      smoothedScore: score,
      stalledStepCount: this.stalledStepCount,
      optimizerState: Buffer.alloc(0),
      startScore: this.#startScore,
    };
  }

  #moveLayer(layer: Layer, rate: number, random: () => number): void {
    const place = layer.placement!;
    const aim = aimOfCutout(this.start.objective!.prompt, layer.cutoutDigest, this.#scene.aspectRatio);
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
    if (this.#mask.has(Parameter.TINT)) layer.tint = blended(layer.tint ?? white, white, rate);
  }

  #moveBackground(rate: number): void {
    const background = this.#scene.background!;
    const aim = aimOfBackground(this.start.objective!.prompt);
    if (this.#mask.has(Parameter.BACKGROUND_COLORS)) {
      for (const stop of background.stops) stop.color = blended(stop.color!, aim.color, rate);
    }
    if (this.#mask.has(Parameter.BACKGROUND_ANGLE)) {
      background.angleDegrees += rate * (aim.angleDegrees - background.angleDegrees);
    }
  }
}

function blended(from: Color, to: Color, rate: number): Color {
  const blend = (a: number, b: number) => a + rate * (b - a);
  return {
    red: blend(from.red, to.red),
    green: blend(from.green, to.green),
    blue: blend(from.blue, to.blue),
  };
}
