import { describe, expect, it } from 'vitest';
import { throttledFor } from './throttled-for.js';

const answer = (body: string, headers: Record<string, string> = {}, status = 200) => ({
  status,
  headers,
  body,
  fromCache: false,
});

describe('throttledFor', () => {
  it.each([
    [
      'a lagging wiki, by its header',
      answer('{"error":{}}', { 'mediawiki-api-error': 'maxlag', 'retry-after': '7' }),
      7,
    ],
    [
      'headers in their own spelling',
      answer('{}', { 'MediaWiki-API-Error': 'maxlag', 'Retry-After': '9' }),
      9,
    ],
    ['a lagging wiki, by its answer alone', answer('{"error":{"code":"maxlag","lag":6}}'), 5],
    ['too many requests, told with status 200', answer('{"error":{"code":"ratelimited","info":"wait"}}'), 5],
    ['a wiki that is read-only', answer('{"error":{"code":"readonly"}}'), 5],
    ['a busy search', answer('{"error":{"code":"cirrussearch-too-busy-error"}}'), 5],
    ['an error of its inside', answer('{"error":{"code":"internal_api_error_DBConnectionError"}}'), 5],
    [
      'a search that is away, by its header',
      answer('{"error":{}}', { 'mediawiki-api-error': 'cirrussearch-backend-error', 'retry-after': '30' }),
      30,
    ],
    [
      'an error page in place of JSON',
      answer('<html>Our servers are under maintenance', { 'retry-after': '60' }),
      60,
    ],
    ['half an answer', answer('{"query":{"pages":['), 5],
    ['nothing', answer(''), 5],
    ['JSON that is no object', answer('"ok"'), 5],
    ['a Retry-After that is a date', answer('', { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }), 5],
  ])('waits for %s', (_, fetched, seconds) => {
    expect(throttledFor(fetched)).toBe(seconds);
  });

  it.each([
    ['an answer', answer('{"query":{"pages":[]}}')],
    [
      'an error of its inside that this question may cause',
      answer('{"error":{"code":"internal_api_error_TypeError"}}'),
    ],
    ['an answer without results', answer('{"batchcomplete":true}')],
    [
      'an error that waiting does not mend',
      answer('{"error":{"code":"badvalue"}}', { 'mediawiki-api-error': 'badvalue' }),
    ],
    ['a status that speaks for itself', answer('<html>', {}, 503)],
  ])('does not wait for %s', (_, fetched) => {
    expect(throttledFor(fetched)).toBeUndefined();
  });
});
