import type { Clock } from './clock.js';
import type { Answer } from './exchange.js';
import { FetchError } from './fetch-error.js';
import type { SizeRequest } from './fetcher.js';
import type { KeptSize } from './kept-answers.js';
import type { KnownAnswers } from './known-answers.js';
import type { PoliteClient } from './polite-client.js';

/** "Method not allowed" and "not implemented": the host answers no HEAD. */
const NO_HEAD: readonly number[] = [405, 501];

/**
 * How large things are, by address, as their hosts announce it: asked once, and kept for good; but for a day only where
 * a host says nothing, or not what is expected.
 */
export class Sizes {
  constructor(
    private readonly client: PoliteClient,
    private readonly known: KnownAnswers<KeptSize>,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  async fetch(
    url: URL,
    { expectedBytes, signal }: SizeRequest & { signal: AbortSignal },
  ): Promise<number | undefined> {
    const kept = await this.known.find(url, 0);
    const isExpected = kept?.bytes !== undefined && kept.bytes === (expectedBytes ?? kept.bytes);
    if (kept && (isExpected || this.known.isFresh(kept.fetchedAt))) {
      this.known.hit(url);
      return kept.bytes;
    }
    const bytes = await this.known.ask(url, 0, () => this.#ask(url, signal));
    const fetchedAt = this.clock.now();
    await this.known.keep(url, { kind: 'size', fetchedAt, ...(bytes !== undefined && { bytes }) });
    return bytes;
  }

  async #ask(url: URL, signal: AbortSignal): Promise<number | undefined> {
    try {
      // Compressed, it would be another size.
      const headers = { 'Accept-Encoding': 'identity' };
      return announced(await this.client.get(url, { headers, maxBytes: 0, headersOnly: true, signal }));
    } catch (error) {
      if (error instanceof FetchError && NO_HEAD.includes(error.status ?? 0)) return undefined;
      throw error;
    }
  }
}

function announced({ headers }: Answer): number | undefined {
  const { 'content-length': length = '', 'content-encoding': encoding = 'identity' } = headers;
  return encoding === 'identity' && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}
