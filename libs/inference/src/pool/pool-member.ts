import { InferenceConnection, type ConnectionOptions } from '../connection.js';
import type { Inference } from '../inference.js';
import { InferenceError } from '../inference-error.js';
import { oneSidecar } from '../one-sidecar.js';

/** Health checks in a row that may go unanswered before a sidecar counts as hung: one that only computes is late. */
const missesUntilGone = 3;

/** How a sidecar was when it was last looked at. */
export type MemberState =
  /** Not looked at yet. */
  | 'unknown'
  /** It takes calls. */
  | 'serving'
  /** It finishes what it has and takes nothing new. */
  | 'draining'
  /** It is not there, or hung. */
  | 'gone';

/** One sidecar of a pool, as seen from here. */
export class PoolMember {
  readonly inference: Inference;
  /** Calls under way from this process. */
  busy = 0;
  state: MemberState = 'unknown';
  /** The last thing that is known of it, in words. */
  said = 'nothing yet';
  /** Names and digests of its models; undefined until it has served once. */
  models: { perceptor: string; segmenter: string } | undefined;
  readonly #connection: InferenceConnection;
  /** A channel of its own, so that a check does not wait in line behind calls. */
  readonly #probe: InferenceConnection;
  #misses = 0;
  #lost = new AbortController();

  constructor(
    readonly address: string,
    options: ConnectionOptions,
    private readonly checkMilliseconds: number,
  ) {
    this.#connection = new InferenceConnection(address, options);
    this.#probe = new InferenceConnection(address, options);
    this.inference = oneSidecar(this.#connection);
  }

  /** Aborts when this sidecar turns out to be gone: calls to it are then in vain. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Looks how it is. Never rejects. */
  async look(closing: AbortSignal): Promise<void> {
    const within = (milliseconds: number) => AbortSignal.any([closing, AbortSignal.timeout(milliseconds)]);
    try {
      const status = await this.#probe.health('', within(this.checkMilliseconds));
      this.#misses = 0;
      this.said = status;
      if (status !== 'SERVING') {
        this.state = 'draining';
      } else if (this.state !== 'serving') {
        // It may be another than before under the same address.
        await this.#describe(within(10 * this.checkMilliseconds));
        if (this.#lost.signal.aborted) this.#lost = new AbortController();
        this.state = 'serving';
      }
    } catch (error) {
      if (!closing.aborted) this.#missed(error);
    }
  }

  /** A call to it failed as calls to the dead do: nothing more is sent until it is seen to serve again. */
  lose(why: string): void {
    this.said = why;
    this.state = 'gone';
    this.#lost.abort();
  }

  close(): void {
    this.#connection.close();
    this.#probe.close();
  }

  #missed(error: unknown): void {
    const isSilent = error instanceof InferenceError && error.reason === 'DEADLINE_EXCEEDED';
    this.#misses += 1;
    this.said = isSilent
      ? `no answer to ${this.#misses} health checks within ${this.checkMilliseconds / 1000} s each`
      : error instanceof Error
        ? error.message
        : String(error);
    if (!isSilent || this.#misses >= missesUntilGone || this.state === 'unknown') this.lose(this.said);
  }

  async #describe(signal: AbortSignal): Promise<void> {
    const { embedder, segmenter } = oneSidecar(this.#probe);
    const [perceptor, cutter] = await Promise.all([embedder.describe(signal), segmenter.describe(signal)]);
    const named = (model?: { name: string; digest: string }) => `${model?.name} ${model?.digest}`;
    this.models = { perceptor: named(perceptor.model), segmenter: named(cutter.model) };
  }
}
