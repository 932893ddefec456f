import type {
  OptimizeProgress,
  OptimizeResult,
  OptimizeSceneRequest,
  OptimizeSceneResponse,
  OptimizeStart,
  Steer,
} from '@collage/proto/collage/v1/composition_service.js';
import type { ModelIdentity } from '@collage/proto/collage/v1/model.js';
import type { InferenceConnection } from './connection.js';
import type { CutoutCache } from './cutout-cache.js';
import type { DuplexCall } from './duplex-call.js';
import { InferenceError } from './inference-error.js';

/** One `OptimizeScene` call. It begins when it is iterated, which can be done once. */
export class Climb implements AsyncIterable<OptimizeProgress> {
  #call: DuplexCall<OptimizeSceneRequest, OptimizeSceneResponse> | undefined;
  #result: OptimizeResult | undefined;
  #lastSent: Promise<void>;
  #begin = () => {};

  constructor(
    private readonly connection: InferenceConnection,
    private readonly cutouts: CutoutCache,
    private readonly start: OptimizeStart,
    private readonly checkModel: (model: ModelIdentity | undefined) => void,
    private readonly signal?: AbortSignal,
  ) {
    this.#lastSent = new Promise((resolve) => (this.#begin = resolve));
  }

  /**
   * The steps, strictly increasing; the scene of each is valid. Leaving the loop early cancels the climb.
   * @throws InferenceError
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<OptimizeProgress, void> {
    const responses = await this.cutouts.during(this.signal, () => this.#open());
    try {
      for (let next = responses.first; !next.done; next = await responses.rest.next()) {
        const message = next.value.message;
        if (message?.$case === 'progress') yield message.value;
        else if (message?.$case === 'result') {
          this.checkModel(message.value.model);
          this.#result = message.value;
        }
      }
    } finally {
      await responses.rest.return();
    }
    if (!this.#result) {
      throw new InferenceError('ANSWERS_MISSING', 'The sidecar ended a climb without a result.', 'INTERNAL');
    }
  }

  /** The best scene; there once the loop over the steps has ended by itself. */
  get result(): OptimizeResult {
    if (!this.#result) throw new Error('A climb has a result only after all its steps were iterated.');
    return this.#result;
  }

  /**
   * Asks for a change that takes effect between steps; requests are sent in the order of these calls, also
   * those made before the climb began. What cannot be followed is told by the `refusedSteers` of a step, and
   * the climb goes on.
   *
   * @param step takes effect when so many steps are done; 0: as soon as it comes
   */
  steer(action: NonNullable<Steer['action']>, step = 0): void {
    const message: OptimizeSceneRequest = { message: { $case: 'steer', value: { action, step } } };
    this.#lastSent = this.#lastSent
      .then(() => this.#putAdded([action]))
      .then(() => this.#call?.send(message));
  }

  /** Puts the cut-outs of layers that are added; where that fails, the sidecar refuses the steer by name. */
  async #putAdded(actions: Iterable<Steer['action']>): Promise<void> {
    const digests = new Set<string>();
    for (const action of actions) {
      if (action?.$case === 'add' && action.value.layer) digests.add(action.value.layer.cutoutDigest);
    }
    if (digests.size > 0) await this.cutouts.putAgain(digests, this.signal).catch(() => {});
  }

  /** Opens the call and waits for its first answer, which is the point where missing cut-outs are known. */
  async #open() {
    await this.#putAdded(this.start.steers.map(({ action }) => action));
    const { composition } = this.connection;
    this.#call = await this.connection.duplex(
      () => composition.optimizeScene(),
      () => true,
      this.signal,
    );
    const rest = this.#call.receive();
    await this.#call.send({ message: { $case: 'start', value: this.start } });
    const opened = { first: await rest.next(), rest };
    this.#begin();
    return opened;
  }
}
