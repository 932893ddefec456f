import type { Clock } from '@collage/fetch/clock.js';

/** A clock that a test moves by hand; whoever sleeps wakes when it has moved far enough. */
export class ManualClock implements Pick<Clock, 'now' | 'sleep'> {
  #now = 0;
  readonly #sleepers = new Set<{ until: number; wake: () => void }>();

  now = (): number => this.#now;

  sleep = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
    new Promise((wake, reject) => {
      signal?.throwIfAborted();
      const sleeper = { until: this.#now + milliseconds, wake };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers.delete(sleeper);
        reject(signal.reason as Error);
      });
    });

  /** Moves on, and lets everything happen that follows from it. */
  async pass(seconds: number): Promise<void> {
    // Whoever is about to fall asleep does.
    await new Promise((resolve) => setImmediate(resolve));
    this.#now += seconds * 1000;
    for (const sleeper of [...this.#sleepers].filter(({ until }) => until <= this.#now)) {
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}
