/** Anything named by a digest. */
interface Named {
  readonly digest: string;
}

/**
 * Requests that can be read several times: each reading begins with those that were given out and not answered, then
 * goes on with the source. Only the unanswered ones are kept.
 */
export class Remainder<Request extends Named> {
  readonly #source: AsyncIterator<Request> | Iterator<Request>;
  readonly #unanswered = new Map<string, Request>();
  readonly #seen = new Set<string>();
  #pulling: Promise<boolean> | undefined;

  constructor(source: AsyncIterable<Request> | Iterable<Request>) {
    this.#source =
      Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  }

  /** A reading; an earlier one that is still being read takes nothing away from it. */
  async *read(): AsyncGenerator<Request, void> {
    const given = new Set<string>();
    do {
      for (const request of this.#unanswered.values()) {
        if (given.has(request.digest)) continue;
        given.add(request.digest);
        yield request;
      }
    } while (await this.#pull());
  }

  /** Takes note of an answer. */
  answered(digest: string): void {
    this.#unanswered.delete(digest);
  }

  /** Ends the source, without waiting for one that is about to give its next request. */
  close(): void {
    Promise.resolve(this.#source.return?.()).catch(() => {});
  }

  /** Takes one request from the source, once for all that wait for it; false at the end. */
  #pull(): Promise<boolean> {
    this.#pulling ??= (async () => {
      try {
        const { done, value } = await this.#source.next();
        if (done) return false;
        // One that comes again has been or will be answered.
        if (!this.#seen.has(value.digest)) this.#unanswered.set(value.digest, value);
        this.#seen.add(value.digest);
        return true;
      } finally {
        this.#pulling = undefined;
      }
    })();
    return this.#pulling;
  }
}
