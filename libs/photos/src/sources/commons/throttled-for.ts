import type { FetchedText } from '@collage/fetch/fetcher.js';

/** What API:Etiquette asks for where no time is named. */
const USUAL_SECONDS = 5;
/**
 * Errors that come with status 200 and mean: later. Those of the wiki's databases, and of what is behind its search, mostly
 * pass; any other of its inside may be this question's, and is no reason to ask nothing more.
 */
const BUSY =
  /^(?:maxlag|ratelimited|readonly|cirrussearch-too-busy-error|internal_api_error_DB\w+|\S*backend-error)$/i;

/**
 * Whether an answer of the API that looks well (status 200) asks us to wait, and for how many seconds: a wiki that lags
 * (`maxlag`) or is busy answers with status 200 and the header `MediaWiki-API-Error`, and something in between, such as
 * an error page, may answer with what is no JSON.
 * @returns nothing where the answer is one
 */
export function throttledFor({ status, headers, body }: FetchedText): number | undefined {
  if (status !== 200) return undefined;
  const header = (name: string): string =>
    Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1] ?? '';
  const answer = jsonObject(body);
  if (answer !== undefined && !BUSY.test(header('mediawiki-api-error')) && !BUSY.test(errorCode(answer))) {
    return undefined;
  }
  const seconds = Number.parseFloat(header('retry-after'));
  return seconds >= 0 ? seconds : USUAL_SECONDS;
}

/** An answer's JSON object; undefined where it is none. */
export function jsonObject(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function errorCode({ error }: Record<string, unknown>): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}
