import type { Clock } from './clock.js';
import type { Answer } from './exchange.js';
import type { FetchCounters } from './fetch-counters.js';
import type { FetchedText, TextRequest } from './fetcher.js';
import { conditionalHeaders, keptHeaders, type KeptText } from './kept-answers.js';
import type { KnownAnswers } from './known-answers.js';
import type { PoliteClient } from './polite-client.js';
import { hostAndPort } from './web-address.js';

/** Texts by address: from the disk while they are fresh, asked whether they have changed after that. */
export class Texts {
  constructor(
    private readonly client: PoliteClient,
    private readonly known: KnownAnswers<KeptText>,
    private readonly counters: FetchCounters,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  async fetch(
    url: URL,
    { maxBytes, throttledFor, isGood, signal }: TextRequest & { maxBytes: number },
  ): Promise<FetchedText> {
    const kept = await this.known.find(url, maxBytes);
    if (kept && this.known.isFresh(kept.fetchedAt)) {
      this.known.hit(url);
      return given(kept);
    }
    const answer = await this.known.ask(url, maxBytes, () =>
      this.client.get(url, {
        maxBytes,
        ...(kept && { headers: conditionalHeaders(kept) }),
        ...(signal && { signal }),
        ...(throttledFor && { throttledFor: (each) => throttledFor(asText(each)) }),
      }),
    );
    const fetchedAt = this.clock.now();
    if (kept && answer.status === 304) {
      const headers = { ...kept.headers, ...confirmed(answer) };
      await this.known.keep(url, { ...kept, headers, fetchedAt });
      this.counters.of(hostAndPort(url)).revalidations += 1;
      return given({ ...kept, headers });
    }
    const fetched = asText(answer);
    const { fromCache: _, ...text } = fetched;
    if (isGood?.(fetched) ?? true) await this.known.keep(url, { kind: 'text', fetchedAt, ...text });
    return fetched;
  }
}

function given({ status, headers, body }: Pick<KeptText, 'status' | 'headers' | 'body'>): FetchedText {
  return { status, headers, body, fromCache: true };
}

/** A 304 renews what it says of the body's version, and nothing else: it has no body of its own. */
function confirmed({ headers }: Answer): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name === 'etag' || name === 'last-modified'),
  );
}

function asText({ status, headers, body }: Answer): FetchedText {
  return { status, headers: keptHeaders(headers), body: body.toString('utf8'), fromCache: false };
}
