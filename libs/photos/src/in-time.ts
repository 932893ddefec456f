import { systemClock, type Clock } from '@collage/fetch/clock.js';

/** Time that can be waited for. */
export type Timer = Pick<Clock, 'now' | 'sleep'>;

/** Time since the process began: for spans, which must not change where the system's clock is set. */
export const monotonicTimer: Timer = { now: () => performance.now(), sleep: systemClock.sleep };

/** Something took longer than it may. */
export class TookTooLongError extends Error {
  override readonly name = 'TookTooLongError';
  readonly reason = 'TOOK_TOO_LONG';

  constructor(readonly seconds: number) {
    super(`it was not there within ${seconds} s`);
  }
}

/** What is awaited, or undefined where it takes longer. */
export async function within<T>(
  milliseconds: number,
  awaited: Promise<T>,
  timer: Timer,
): Promise<T | undefined> {
  if (milliseconds === Infinity) return awaited;
  const done = new AbortController();
  // Whatever comes later than the limit must not end the process.
  awaited.catch(() => undefined);
  const timeUp = timer.sleep(milliseconds, done.signal).then(
    () => undefined,
    () => awaited,
  );
  try {
    return await Promise.race([awaited, timeUp]);
  } finally {
    done.abort();
  }
}

/**
 * The result of work that is told to stop once it takes too long, and not waited for then.
 * @throws TookTooLongError
 */
export async function inTime<T extends object>(
  seconds: number,
  work: (signal: AbortSignal) => Promise<T>,
  timer: Timer,
  signal?: AbortSignal,
): Promise<T> {
  const stop = new AbortController();
  const inner = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const result = await within(seconds * 1000, work(inner), timer);
  if (result !== undefined) return result;
  const error = new TookTooLongError(seconds);
  stop.abort(error);
  throw error;
}

/**
 * What a stream gives until there is no more time; it is then told to stop, and not waited for.
 * @throws TookTooLongError, having given what came in time
 */
export async function* eachInTime<T>(
  seconds: number,
  start: (signal: AbortSignal) => AsyncIterable<T>,
  timer: Timer,
  signal?: AbortSignal,
): AsyncGenerator<T> {
  const end = timer.now() + seconds * 1000;
  const late = new TookTooLongError(seconds);
  if (seconds <= 0) throw late;
  const stop = new AbortController();
  const stream = start(signal ? AbortSignal.any([signal, stop.signal]) : stop.signal)[Symbol.asyncIterator]();
  let isLate = false;
  try {
    for (;;) {
      const step = await within(Math.max(0, end - timer.now()), stream.next(), timer);
      isLate = step === undefined;
      if (step === undefined) throw late;
      if (step.done) return;
      yield step.value;
    }
  } finally {
    stop.abort(late);
    const ended = stream.return?.().catch(() => undefined);
    // Whoever is in the middle of something, such as a download, ends before we do.
    if (!isLate) await ended;
  }
}
