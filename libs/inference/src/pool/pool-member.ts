import { InferenceConnection, type ConnectionOptions } from '../connection.js';
import type { Inference } from '../inference.js';
import { InferenceError } from '../inference-error.js';
import { oneSidecar } from '../one-sidecar.js';
import { timeLimit } from './time-limit.js';

/** Health checks in a row that may go unanswered before a sidecar counts as hung: one that only computes is late. */
const missesUntilGone = 3;

/** Health checks that may take to say which models a sidecar has that may be a new one. */
const checksToDescribe = 10;

/**
 * How long calls may go on at a sidecar that takes no new ones, in milliseconds: one that drains refuses like a dead
 * one, finishes what it has within 10 s, and then cuts the rest itself. What still lives after that has lost its way.
 */
const graceMilliseconds = 15_000;

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
  /** Jobs of this process that stay here, with a call under way or between two. */
  jobs = 0;
  state: MemberState = 'unknown';
  /** The last thing that is known of it, in words. */
  said = 'nothing yet';
  /** Names and digests of its models; undefined until it has served once. */
  models: { perceptor: string; segmenter: string } | undefined;
  readonly #connection: InferenceConnection;
  /** A channel of its own, so that a check does not wait in line behind calls. */
  readonly #probe: InferenceConnection;
  /** The probe's connection, counted, that `models` came by. */
  #described: number | undefined;
  #misses = 0;
  /** Since when it refuses what is asked. */
  #refusesSince: number | undefined;
  #lost = new AbortController();

  constructor(
    readonly address: string,
    options: ConnectionOptions,
    private readonly checkMilliseconds: number,
    private readonly now: () => number = () => performance.now(),
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
    const check = timeLimit(this.checkMilliseconds, closing);
    try {
      const status = await this.#probe.health('', check.signal);
      const connection = this.#probe.connectionCount;
      if (status === 'SERVING' && connection !== this.#described) {
        // It may be another than before under the same address.
        const description = timeLimit(checksToDescribe * this.checkMilliseconds, closing);
        await this.#describe(description.signal).finally(description.clear);
        this.#described = connection;
      }
      this.#misses = 0;
      this.#refusesSince = undefined;
      this.said = status;
      this.state = status === 'SERVING' ? 'serving' : 'draining';
      if (status === 'SERVING' && this.#lost.signal.aborted) this.#lost = new AbortController();
    } catch (error) {
      if (!closing.aborted) this.#missed(error);
    } finally {
      check.clear();
    }
  }

  /**
   * It refused a call, as the dead do and those that drain: nothing more is sent until it is seen to serve again. Calls
   * under way go on for a while; those to the dead end by themselves.
   */
  refuse(why: string): void {
    this.#refusesSince ??= this.now();
    this.said = why;
    this.state = 'gone';
    if (this.now() - this.#refusesSince >= graceMilliseconds) this.#lost.abort();
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
    if (!isSilent) this.refuse(this.said);
    else if (this.#misses >= missesUntilGone || this.state === 'unknown') this.#lose();
  }

  #lose(): void {
    this.state = 'gone';
    this.#lost.abort();
  }

  async #describe(signal: AbortSignal): Promise<void> {
    const { embedder, segmenter } = oneSidecar(this.#probe);
    const [perceptor, cutter] = await Promise.all([embedder.describe(signal), segmenter.describe(signal)]);
    const named = (model?: { name: string; digest: string }) => `${model?.name} ${model?.digest}`;
    this.models = { perceptor: named(perceptor.model), segmenter: named(cutter.model) };
  }
}
