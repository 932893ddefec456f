import { setTimeout as sleepFor } from 'node:timers/promises';
import { InferenceError } from './inference-error.js';

/** How long calls are tried again that a full queue refused, and by what clock and dice. */
export interface RetryTerms {
  /** Since the first refusal in a row. */
  patienceMilliseconds: number;
  /** In [0, 1). */
  random: () => number;
  now: () => number;
  /** Rejects when the signal aborts. */
  sleep: (milliseconds: number, signal?: AbortSignal) => Promise<unknown>;
}

/** Two minutes, as long as an answer may take. */
export const defaultRetryTerms: RetryTerms = {
  patienceMilliseconds: 120_000,
  random: Math.random,
  now: Date.now,
  sleep: (milliseconds, signal) => sleepFor(milliseconds, undefined, { signal }),
};

/**
 * Waits between the tries of one call. Each wait is what the sidecar asked for (google.rpc.RetryInfo) and a random
 * part of as much again, so that those refused together do not come back together; but the last try is made before
 * patience is over, whatever was asked for.
 */
export class QueueFullRetry {
  #refusedSince: number | undefined;

  constructor(private readonly terms: RetryTerms) {}

  /** An answer came: the next refusal is the first of its row. */
  answered(): void {
    this.#refusedSince = undefined;
  }

  /**
   * Returns when the call may be tried again.
   * @throws `error` where it is no refusal to be tried again, or where patience is over
   */
  async wait(error: unknown, signal?: AbortSignal): Promise<void> {
    if (!(error instanceof InferenceError) || error.code !== 'RESOURCE_EXHAUSTED') throw error;
    if (error.retryDelayMilliseconds === undefined) throw error;
    const now = this.terms.now();
    this.#refusedSince ??= now;
    const left = this.#refusedSince + this.terms.patienceMilliseconds - now;
    if (left <= 0) throw error;
    const delay = error.retryDelayMilliseconds * (1 + this.terms.random());
    await this.terms.sleep(Math.min(delay, left), signal);
  }
}
