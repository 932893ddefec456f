interface Call<T> {
  result: Promise<T>;
  waiting: number;
  stop: AbortController;
}

/** Lets everyone who wants the same thing at the same time wait for one call. */
export class SharedCalls<T> {
  readonly #running = new Map<string, Call<T>>();

  /**
   * Joins the call that runs under this key, or starts it. The call is told to stop only when everyone who
   * waits for it has given up.
   * @throws the signal's reason once it aborts; what the call throws
   */
  async share(
    key: string,
    signal: AbortSignal | undefined,
    start: (stop: AbortSignal) => Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted();
    const call = this.#running.get(key) ?? this.#start(key, start);
    call.waiting += 1;
    try {
      return await untilAborted(call.result, signal);
    } finally {
      call.waiting -= 1;
      if (call.waiting === 0 && this.#forget(key, call)) call.stop.abort();
    }
  }

  #start(key: string, start: (stop: AbortSignal) => Promise<T>): Call<T> {
    const stop = new AbortController();
    const result = start(stop.signal).finally(() => this.#forget(key, call));
    const call: Call<T> = { result, waiting: 0, stop };
    this.#running.set(key, call);
    return call;
  }

  /** Whether the call was still running. */
  #forget(key: string, call: Call<T>): boolean {
    return this.#running.get(key) === call && this.#running.delete(key);
  }
}

function untilAborted<T>(result: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return result;
  return new Promise<T>((resolve, reject) => {
    const giveUp = () => reject(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    result.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}
