/** Anything named by a digest. */
interface Named {
  readonly digest: string;
}

/**
 * Requests of a source that is read once, for a call that may have to be made again: each `requests()` begins with
 * what was handed out and is not `answered`, in its order, and goes on with the source. A digest comes once a call.
 */
export class UnansweredSource<Request extends Named> {
  readonly #iterator: AsyncGenerator<Request>;
  readonly #seen = new Set<string>();
  readonly #unanswered = new Map<string, Request>();
  /** What the source was asked for last, until a call has got it: a call that fails meanwhile leaves it to the next. */
  #coming: Promise<IteratorResult<Request>> | undefined;
  #callCount = 0;

  constructor(source: AsyncIterable<Request> | Iterable<Request>) {
    this.#iterator = each(source);
  }

  /** Ends by itself, without a further request, once it was called again. */
  async *requests(): AsyncGenerator<Request, void> {
    const call = ++this.#callCount;
    for (const request of this.#unanswered.values()) {
      if (call === this.#callCount) yield request;
    }
    while (call === this.#callCount) {
      const { value, done } = await (this.#coming ??= this.#iterator.next());
      if (call !== this.#callCount || done) return;
      this.#coming = undefined;
      if (this.#seen.has(value.digest)) continue;
      this.#seen.add(value.digest);
      this.#unanswered.set(value.digest, value);
      yield value;
    }
  }

  /** Forgets the request. */
  answered(digest: string): void {
    this.#unanswered.delete(digest);
  }

  /** Lets go of the source; does not wait for what it is reading. */
  close(): void {
    this.#callCount++;
    this.#coming?.catch(() => {}); // nobody is left to be told
    this.#iterator.return(undefined).catch(() => {});
  }
}

async function* each<Request>(source: AsyncIterable<Request> | Iterable<Request>): AsyncGenerator<Request> {
  yield* source;
}
