import {
  type OptimizeCheckpoint,
  type OptimizeProgress,
  type OptimizeResult,
  type OptimizeStart,
  Steer,
} from '@collage/proto/collage/v1/composition_service.js';
import type { Inference, SceneClimb, SceneComposer } from '../inference.js';
import { InferenceError } from '../inference-error.js';
import type { SidecarOfJob } from './sidecar-of-job.js';

/** Less than this is no time at all, and 0 would mean no limit. */
const leastSeconds = 0.001;

type Action = NonNullable<Steer['action']>;

/**
 * A `Climb` over several sidecars: when its sidecar is lost, another one goes on from the last checkpoint, or from the
 * start where none has come yet, to the same result. Steps that were climbed before are climbed again and not told again.
 * A climb that asked for no checkpoints and has done steps cannot be taken over: it fails with `CLIMB_INTERRUPTED`.
 */
export class PooledClimb implements SceneClimb {
  /** Where a sidecar that takes over begins: the start, or the last checkpoint. */
  #checkpoint: OptimizeCheckpoint | undefined;
  #lastStep: number;
  #result: OptimizeResult | undefined;
  /** Under way now. */
  #climb: SceneClimb | undefined;
  /** What was asked and has neither taken effect nor been refused. */
  #waiting: Array<{ action: Action; step: number }> = [];
  /** What took effect, each with its step. */
  readonly #followed: Steer[] = [];

  constructor(
    private readonly sidecar: SidecarOfJob,
    private readonly composerOn: (inference: Inference) => SceneComposer,
    private readonly start: OptimizeStart,
    private readonly now: () => number,
    private readonly signal?: AbortSignal,
  ) {
    this.#checkpoint = start.checkpoint;
    this.#lastStep = start.checkpoint?.step ?? 0;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<OptimizeProgress, void> {
    const began = this.now();
    const steps = this.sidecar.stream(
      (inference, signal) => this.#on(inference, signal, began),
      this.signal,
      ({ step }) => step > this.#lastStep,
    );
    for await (const progress of steps) {
      if (progress.step <= this.#lastStep) continue;
      this.#lastStep = progress.step;
      yield progress;
    }
  }

  get result(): OptimizeResult {
    if (!this.#result) throw new Error('A climb has a result only after all its steps were iterated.');
    return this.#result;
  }

  steer(action: Action, step = 0): void {
    this.#waiting.push({ action, step });
    this.#climb?.steer(action, step);
  }

  async *#on(
    inference: Inference,
    signal: AbortSignal,
    began: number,
  ): AsyncGenerator<OptimizeProgress, void> {
    const asksForCheckpoints = (this.start.options?.checkpointIntervalSteps ?? 0) > 0;
    if (!asksForCheckpoints && !this.#checkpoint && this.#lastStep > 0) {
      throw new InferenceError(
        'CLIMB_INTERRUPTED',
        `The sidecar was lost after step ${this.#lastStep} of a climb without checkpoints; climb again, and ask ` +
          'for checkpoints (checkpoint_interval_steps) so that another sidecar can go on.',
        'UNAVAILABLE',
      );
    }
    const climb = this.composerOn(inference).optimizeScene(this.#goingOn(began), signal);
    for (const { action, step } of this.#waiting) {
      if (!this.#checkpoint || step === 0) climb.steer(action, step);
    }
    this.#climb = climb;
    for await (const progress of climb) {
      this.#note(progress);
      yield progress;
    }
    this.#result = climb.result;
  }

  #goingOn(began: number): OptimizeStart {
    const budget = this.start.options?.timeBudgetSeconds ?? 0;
    const left = budget && Math.max(leastSeconds, budget - (this.now() - began));
    return {
      ...this.start,
      options: this.start.options && { ...this.start.options, timeBudgetSeconds: left },
      checkpoint: this.#checkpoint,
      steers: [...this.start.steers, ...this.#followed, ...this.#planned()].sort((a, b) => a.step - b.step),
    };
  }

  /** What waits for a step is told with a checkpoint: that may hold it as well, and then it is followed once. */
  #planned(): Steer[] {
    return this.#checkpoint ? this.#waiting.filter(({ step }) => step > 0) : [];
  }

  #note({ checkpoint, step, steers, refusedSteers }: OptimizeProgress): void {
    this.#checkpoint = checkpoint ?? this.#checkpoint;
    if (step <= this.#lastStep) return;
    for (const steer of steers) if (this.#settle(steer)) this.#followed.push(steer);
    for (const { steer } of refusedSteers) if (steer) this.#settle(steer);
  }

  /** Whether it was one of those that wait; those of the start are not. */
  #settle(steer: Steer): boolean {
    const wanted = keyOf(steer.action);
    const index = this.#waiting.findIndex(({ action }) => keyOf(action) === wanted);
    if (index >= 0) this.#waiting.splice(index, 1);
    return index >= 0;
  }
}

function keyOf(action: Steer['action']): string {
  return JSON.stringify(Steer.toJSON({ action, step: 0 }));
}
