import type { Clock } from './clock.js';
import type { FetchCounters } from './fetch-counters.js';
import { FetchError } from './fetch-error.js';
import type { JsonCache } from './json-cache.js';
import type { KeptRefusal } from './kept-answers.js';
import type { Remembered } from './remembered-failures.js';
import { hostAndPort } from './web-address.js';

/** When the disk may answer instead of the host. */
export interface KnowledgeSettings {
  /** Ask nobody. */
  offline: boolean;
  /** How long texts and lasting refusals are good without asking again. */
  freshMilliseconds: number;
  /** How long failures that may pass are. */
  failureMilliseconds: number;
  rememberedOf: (error: FetchError) => Remembered;
}

/** What texts and photos have in common about the disk: age, refusals, being offline. */
export class KnownAnswers<T extends { kind: string }> {
  constructor(
    private readonly cache: JsonCache<T | KeptRefusal>,
    private readonly counters: FetchCounters,
    private readonly clock: Pick<Clock, 'now'>,
    private readonly settings: KnowledgeSettings,
  ) {}

  /**
   * What is kept of an address, of any age.
   * @throws FetchError where it is kept, and still good, that the address has nothing for us
   */
  async find(url: URL, maxBytes: number): Promise<T | undefined> {
    const kept = await this.cache.get(url.href);
    if (!kept || !isRefusal(kept)) return kept;
    const { reason, address, problem, status, isShort } = kept;
    const goodFor = isShort ? this.settings.failureMilliseconds : this.settings.freshMilliseconds;
    if (!this.isFresh(kept.fetchedAt, goodFor) || (reason === 'TOO_LARGE' && maxBytes > kept.maxBytes)) {
      return undefined;
    }
    this.hit(url);
    throw new FetchError(reason, address, problem, status === undefined ? {} : { status });
  }

  /** @param fetchedAt absent: long ago */
  isFresh(fetchedAt = 0, goodFor = this.settings.freshMilliseconds): boolean {
    return this.settings.offline || Math.abs(this.clock.now() - fetchedAt) < goodFor;
  }

  /** Counts an answer that was given without asking. */
  hit(url: URL): void {
    this.counters.of(hostAndPort(url)).cacheHits += 1;
  }

  /**
   * Asks the host, unless we are offline, and keeps a failure that is to be remembered.
   * @throws FetchError OFFLINE; what `ask` throws
   */
  async ask<A>(url: URL, maxBytes: number, ask: () => Promise<A>): Promise<A> {
    if (this.settings.offline) {
      throw new FetchError('OFFLINE', url.href, 'is not kept on disk, and OFFLINE forbids to ask for it');
    }
    try {
      return await ask();
    } catch (error) {
      const remembered = error instanceof FetchError && this.settings.rememberedOf(error);
      if (remembered) {
        const { reason, address, problem, status } = error;
        await this.cache.put(url.href, {
          kind: 'refusal',
          fetchedAt: this.clock.now(),
          reason,
          address,
          problem,
          maxBytes,
          ...(status !== undefined && { status }),
          ...(remembered === 'SHORT' && { isShort: true }),
        });
      }
      throw error;
    }
  }

  keep(url: URL, answer: T): Promise<void> {
    return this.cache.put(url.href, answer);
  }
}

function isRefusal(kept: { kind: string }): kept is KeptRefusal {
  return kept.kind === 'refusal';
}
