/** What a retry waits with; the clock and the die are parameters. */
export interface RetryTerms {
  /** How often something is tried in all. */
  tries: number;
  /** Upper limit of the first wait; it doubles. */
  firstWaitMilliseconds: number;
  sleep(milliseconds: number): Promise<unknown>;
  /** Uniform in [0, 1). */
  random(): number;
}

/**
 * Tries until it succeeds, fails for good, or all tries are used up; then throws the last failure. Waits before
 * each further try are random below a doubling limit, so that many that failed together do not come back together
 * ("full jitter": Brooker, Exponential Backoff And Jitter, 2015).
 */
export async function withRetries<Result>(
  { tries, firstWaitMilliseconds, sleep, random }: RetryTerms,
  mayPass: (error: unknown) => boolean,
  attempt: () => Promise<Result>,
): Promise<Result> {
  for (let done = 1; ; done++) {
    try {
      return await attempt();
    } catch (error) {
      if (done >= tries || !mayPass(error)) throw error;
      await sleep(random() * firstWaitMilliseconds * 2 ** (done - 1));
    }
  }
}
