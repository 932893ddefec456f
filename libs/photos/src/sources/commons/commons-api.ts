import type { FetchedText, Fetcher } from '@collage/fetch/fetcher.js';
import type { ApiAnswer, ApiPage } from './api-answer.js';
import { CommonsError } from './commons-error.js';
import { jsonObject, throttledFor } from './throttled-for.js';

/** Titles that one request may name. Source: API:Query. */
export const MAX_TITLES = 50;
/** 50 files with their metadata are 0.3 MB at most; biographies in Artist make more of it. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;
/** A wiki that continues for ever is not followed. */
const MAX_ANSWERS = 40;

/** Parameters of a query; those that are undefined are not sent. */
export type QueryParameters = Readonly<Record<string, string | number | undefined>>;

/**
 * A MediaWiki's api.php, for reading. Requests go one after another, carry `maxlag`, and are the same for the same
 * question, so that a cache can answer them.
 *
 * @param address of api.php
 * @param maxlag Seconds by which the wiki's databases may lag for it to answer us. Source: Manual:Maxlag parameter.
 */
export class CommonsApi {
  constructor(
    readonly address: string,
    private readonly fetcher: Fetcher,
    private readonly maxlag = 5,
  ) {}

  /**
   * One request.
   * @throws FetchError where no answer comes, CommonsError where the wiki refuses
   */
  async query(parameters: QueryParameters, signal?: AbortSignal): Promise<ApiAnswer> {
    const url = new URL(this.address);
    const all = { action: 'query', format: 'json', formatversion: 2, maxlag: this.maxlag, ...parameters };
    for (const [name, value] of Object.entries(all)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const request = { maxBytes: MAX_ANSWER_BYTES, signal, throttledFor, isGood };
    const answer = (jsonObject((await this.fetcher.text(url.href, request)).body) ?? {
      error: { code: 'not-json', info: 'it is not JSON; is COMMONS_URL the address of an api.php?' },
    }) as ApiAnswer;
    if (answer.error) throw new CommonsError(answer.error.code ?? 'unknown', answer.error.info ?? '');
    return answer;
  }

  /**
   * The pages that a query names, batch by batch, each whole: an answer may tell of the same pages in several parts.
   * Those of a search come in its order.
   */
  async *pages(parameters: QueryParameters, signal?: AbortSignal): AsyncGenerator<ApiPage[]> {
    let batch = new Map<string, ApiPage>();
    let next: ApiAnswer['continue'] = {};
    for (let count = 0; next !== undefined && count < MAX_ANSWERS; count++) {
      signal?.throwIfAborted();
      const answer: ApiAnswer = await this.query({ ...parameters, ...next }, signal);
      for (const page of answer.query?.pages ?? []) {
        batch.set(page.title, { ...batch.get(page.title), ...page });
      }
      next = answer.continue;
      if (answer.batchcomplete || next === undefined) {
        yield [...batch.values()].toSorted((a, b) => (a.index ?? 0) - (b.index ?? 0));
        batch = new Map();
      }
    }
  }
}

/** Errors are no answers: the same question may have one later on the same day. */
function isGood({ body }: FetchedText): boolean {
  const answer = jsonObject(body);
  return answer !== undefined && answer.error === undefined;
}
