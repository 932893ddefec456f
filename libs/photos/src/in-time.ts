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
 * @param silentSeconds for each of its findings; absent: as long as for all
 * @throws TookTooLongError with the limit that was passed, having given what came in time
 */
export async function* eachInTime<T>(
  seconds: number,
  start: (signal: AbortSignal) => AsyncIterable<T>,
  timer: Timer,
  signal?: AbortSignal,
  silentSeconds = Infinity,
): AsyncGenerator<T> {
  const end = timer.now() + seconds * 1000;
  if (seconds <= 0) throw new TookTooLongError(seconds);
  const stop = new AbortController();
  const stream = start(signal ? AbortSignal.any([signal, stop.signal]) : stop.signal)[Symbol.asyncIterator]();
  let late: TookTooLongError | undefined;
  try {
    for (;;) {
      const left = Math.max(0, end - timer.now());
      const step = await within(Math.min(left, silentSeconds * 1000), stream.next(), timer);
      if (step === undefined) {
        throw (late = new TookTooLongError(left < silentSeconds * 1000 ? seconds : silentSeconds));
      }
      if (step.done) return;
      yield step.value;
    }
  } finally {
    stop.abort(late);
    const ended = stream.return?.().catch(() => undefined);
    // Whoever is in the middle of something, such as a download, ends before we do.
    if (!late) await ended;
  }
}
