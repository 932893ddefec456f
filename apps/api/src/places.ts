import { ProblemError } from './problem.js';

/** How many places there are, and for what. */
export interface PlacesTerms {
  count: number;
  /** Of these, those that one client may take: so that no client leaves none for others. */
  ofAClient: number;
  /** What they are for, as in "too many … at once". */
  what: string;
}

/** A number of places for work that takes memory; who comes when all are taken is asked to come again. */
export class Places {
  private taken = 0;
  /** Of each client that has any. */
  private readonly takenBy = new Map<string, number>();

  constructor(private readonly terms: PlacesTerms) {}

  /**
   * Takes a place.
   * @param client whom it counts for: `ApiClient.limitedAs`
   * @returns gives it back; calling it again does nothing
   * @throws ProblemError 429 where the client has as many as it may, 503 where none is free
   */
  take(client: string): () => void {
    const { count, ofAClient, what } = this.terms;
    const own = this.takenBy.get(client) ?? 0;
    if (own >= ofAClient) throw refusal(429, `Expected at most ${ofAClient} ${what} of a client at once`);
    if (this.taken >= count) throw refusal(503, `Too many ${what} at once (${count})`);
    this.add(client, 1);
    let isBack = false;
    return () => {
      if (!isBack) this.add(client, -1);
      isBack = true;
    };
  }

  private add(client: string, change: 1 | -1): void {
    this.taken += change;
    const own = (this.takenBy.get(client) ?? 0) + change;
    if (own === 0) this.takenBy.delete(client);
    else this.takenBy.set(client, own);
  }
}

function refusal(status: 429 | 503, detail: string): ProblemError {
  return new ProblemError({
    status,
    reason: status === 429 ? 'TOO_MANY_AT_ONCE' : 'BUSY',
    detail: `${detail}. ${status === 429 ? 'Try again when one has ended.' : 'Try again soon.'}`,
    retryAfterSeconds: 1,
  });
}
