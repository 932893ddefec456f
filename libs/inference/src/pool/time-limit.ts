/** A signal that aborts when a time is up or another signal does. */
export interface TimeLimit {
  signal: AbortSignal;
  /** To be called when it is not needed any more. */
  clear(): void;
}

/**
 * As `AbortSignal.any` of a signal and `AbortSignal.timeout`, which must not be put together: in Node 20 nothing but the
 * result holds the timeout, and weakly, so that it is collected as garbage and never aborts.
 * @param milliseconds from now on; the timer keeps the process alive
 */
export function timeLimit(milliseconds: number, signal: AbortSignal): TimeLimit {
  const timeUp = new AbortController();
  const timer = setTimeout(
    () => timeUp.abort(new DOMException(`${milliseconds / 1000} s are over`, 'TimeoutError')),
    milliseconds,
  );
  return { signal: AbortSignal.any([signal, timeUp.signal]), clear: () => clearTimeout(timer) };
}
