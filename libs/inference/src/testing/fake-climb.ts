import {
  type OptimizeCheckpoint,
  type OptimizeProgress,
  type OptimizeResult,
  type OptimizeStart,
  Parameter,
  type StopReason,
  Steer,
} from '@collage/proto/collage/v1/composition_service.js';
import { Scene } from '@collage/proto/collage/v1/scene.js';
import { seededRandom } from '@collage/scene/seeded-random.js';
import { type FakeClimbState, type FakeIterate, iterateOf, startOf } from './fake-climb-state.js';
import { fakePerceptor } from './fake-model.js';
import { moveBackground, moveLayer, tryMoves } from './fake-moves.js';
import { FakeSteerLog, mergeSteers, type Turn } from './fake-steer-log.js';

/** Of the moves that order and flips are searched by. */
const moveIntervalSteps = 2;

/**
 * A climb of the fake: every step goes a part of the way to where the fake perceptor wants things (see
 * `fake-score.ts`), with a little noise that is a function of seed and step. It keeps the promises of
 * `OptimizeScene`: masks, best iterate, steers, checkpoints.
 */
export class FakeClimb {
  stalledStepCount = 0;
  readonly #mask: ReadonlySet<Parameter>;
  readonly #state: FakeClimbState;
  readonly #log: FakeSteerLog;
  /** What the climb has to beat. */
  #begun: FakeIterate;
  #best: FakeIterate;

  /** @param holds whether a cut-out is held */
  constructor(
    private readonly start: OptimizeStart,
    private readonly holds: (digest: string) => boolean,
  ) {
    this.#mask = new Set(start.parameters);
    if (start.checkpoint) {
      const kept = thawed(start.checkpoint);
      this.#state = kept.state;
      this.#begun = kept.begun;
      this.#best = kept.best;
      this.stalledStepCount = start.checkpoint.stalledStepCount;
      const recorded = start.steers.filter(({ step }) => step >= this.step);
      this.#log = new FakeSteerLog(mergeSteers(kept.pending, recorded), kept.applied);
    } else {
      this.#state = startOf(start.objective!, start.scene!);
      this.#begun = this.#best = iterateOf(start.objective!, this.#state);
      this.#log = new FakeSteerLog([...start.steers]);
    }
  }

  /** Steps done. */
  get step(): number {
    return this.#state.step;
  }

  /** Takes what is asked; it is followed between two steps. */
  steer(steer: Steer): void {
    this.#log.incoming.push(steer);
  }

  /** Follows what is due before the next step. */
  follow(): Turn {
    const turn = this.#log.follow(this.#state, this.holds);
    if (turn.restarted) {
      this.#begun = this.#best = iterateOf(this.start.objective!, this.#state);
      this.stalledStepCount = 0;
    }
    return turn;
  }

  /** Takes one step, after the steers of a turn. */
  climb({ applied, refused }: Turn): OptimizeProgress {
    this.#state.step += 1;
    const { seed, stepCount, learningRateScale, checkpointIntervalSteps } = this.start.options!;
    const { prompt } = this.start.objective!;
    const rate = Math.min(1, 0.1 * (learningRateScale || 1));
    const random = seededRandom(seed, 'step', this.step);
    const { layers } = this.#state.scene;
    for (const index of iterateOf(this.start.objective!, this.#state).layerIndices) {
      if (this.#state.pinned.includes(index)) continue;
      moveLayer(layers[index]!, this.#mask, prompt, this.#state.scene.aspectRatio, rate, random);
    }
    moveBackground(this.#state.scene.background!, this.#mask, prompt, rate);
    if (this.step % moveIntervalSteps === 0) tryMoves(this.#state, this.#mask, this.start.objective!);
    const now = iterateOf(this.start.objective!, this.#state);
    this.stalledStepCount = now.score > this.#best.score ? 0 : this.stalledStepCount + 1;
    if (now.score > this.#best.score) this.#best = now;
    const due = checkpointIntervalSteps > 0 && this.step % checkpointIntervalSteps === 0;
    return {
      step: this.step,
      stepCount,
      score: now.score,
      scene: now.scene,
      layerIndices: now.layerIndices,
      checkpoint: due ? this.#checkpoint(now.score) : undefined,
      lossTerms: { prompt: -now.score },
      steers: applied,
      refusedSteers: refused,
    };
  }

  /** The best scene so far, after the steers of a last turn. */
  result(stopReason: StopReason, { refused }: Turn): OptimizeResult {
    return {
      scene: this.#best.scene,
      layerIndices: this.#best.layerIndices,
      score: this.#best.score,
      startScore: this.#begun.score,
      stepCount: this.step,
      bestStep: this.#best.step,
      stopReason,
      model: fakePerceptor,
      steers: this.#log.applied,
      refusedSteers: refused,
    };
  }

  #checkpoint(score: number): OptimizeCheckpoint {
    const state: Frozen = {
      state: this.#state,
      begun: this.#begun,
      best: this.#best,
      pending: this.#log.pending.map((steer) => Steer.toJSON(steer)),
      applied: this.#log.applied.map((steer) => Steer.toJSON(steer)),
    };
    return {
      step: this.step,
      scene: structuredClone(this.#state.scene),
      bestScene: this.#best.scene,
      bestScore: this.#best.score,
      bestStep: this.#best.step,
      smoothedScore: score,
      stalledStepCount: this.stalledStepCount,
      optimizerState: Buffer.from(JSON.stringify(state)),
      startScore: this.#begun.score,
    };
  }
}

/** What a checkpoint of the fake holds besides its own fields. */
interface Frozen {
  state: FakeClimbState;
  begun: FakeIterate;
  best: FakeIterate;
  pending: unknown[];
  applied: unknown[];
}

function thawed({ optimizerState }: OptimizeCheckpoint) {
  const frozen = JSON.parse(optimizerState.toString()) as Frozen;
  for (const holder of [frozen.state, frozen.begun, frozen.best]) holder.scene = Scene.fromJSON(holder.scene);
  return {
    ...frozen,
    pending: frozen.pending.map((steer) => Steer.fromJSON(steer)),
    applied: frozen.applied.map((steer) => Steer.fromJSON(steer)),
  };
}
