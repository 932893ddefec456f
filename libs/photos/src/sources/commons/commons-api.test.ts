import { FetchError } from '@collage/fetch/fetch-error.js';
import { describe, expect, it } from 'vitest';
import type { ApiPage } from './api-answer.js';
import { CommonsApi } from './commons-api.js';
import { scriptedFetcher, type Script } from './testing/scripted-fetcher.js';

function api(script: Script) {
  const scripted = scriptedFetcher(script);
  return { ...scripted, api: new CommonsApi('https://commons.example/w/api.php', scripted.fetcher) };
}
async function batches(source: AsyncIterable<ApiPage[]>): Promise<ApiPage[][]> {
  const all: ApiPage[][] = [];
  for await (const batch of source) all.push(batch);
  return all;
}

describe('CommonsApi', () => {
  it('asks for JSON of version 2 and lets the wiki lag by 5 s at most', async () => {
    const { api: wiki, requests } = api(() => ({ batchcomplete: true }));
    await wiki.query({ titles: 'A|B', redirects: undefined });
    expect(requests).toEqual([
      { action: 'query', format: 'json', formatversion: '2', maxlag: '5', titles: 'A|B' },
    ]);
  });

  it('follows continuation, with what the wiki gave to send along', async () => {
    const { api: wiki, requests } = api(({ gsroffset }) =>
      gsroffset
        ? { batchcomplete: true, query: { pages: [{ title: 'B' }] } }
        : {
            batchcomplete: true,
            continue: { gsroffset: 1, continue: 'gsroffset||' },
            query: { pages: [{ title: 'A' }] },
          },
    );
    expect(await batches(wiki.pages({ generator: 'search' }))).toEqual([[{ title: 'A' }], [{ title: 'B' }]]);
    expect(requests[1]).toMatchObject({ generator: 'search', gsroffset: '1', continue: 'gsroffset||' });
  });

  it('puts pages together that are told of in parts, and in the order of the search', async () => {
    const one = { title: 'One', index: 1 };
    const two = { title: 'Two', index: 2 };
    const { api: wiki } = api(({ iistart }) =>
      iistart
        ? { batchcomplete: true, query: { pages: [two, { ...one, imageinfo: [{ sha1: '1' }] }] } }
        : { continue: { iistart: 'x' }, query: { pages: [{ ...two, imageinfo: [{ sha1: '2' }] }, one] } },
    );
    expect(await batches(wiki.pages({}))).toEqual([
      [
        { ...one, imageinfo: [{ sha1: '1' }] },
        { ...two, imageinfo: [{ sha1: '2' }] },
      ],
    ]);
  });

  it('takes an answer without "query" for one without pages', async () => {
    const { api: wiki } = api(() => ({ batchcomplete: true }));
    expect(await batches(wiki.pages({}))).toEqual([[]]);
  });

  it('does not follow a wiki that continues for ever', async () => {
    const { api: wiki, requests } = api(() => ({ continue: { continue: '||' } }));
    expect(await batches(wiki.pages({}))).toEqual([]);
    expect(requests).toHaveLength(40);
  });

  it('says which error the wiki gave', async () => {
    const { api: wiki } = api(() => ({ error: { code: 'badvalue', info: 'Unrecognized value' } }));
    await expect(wiki.query({})).rejects.toThrow(/"badvalue": Unrecognized value/);
  });

  it.each([['<html>wait</html>'], [{ error: { code: 'maxlag', lag: 9 } }]])(
    "takes %j for being throttled, which is the fetcher's to wait for",
    async (answer) => {
      const { api: wiki } = api(() => answer);
      await expect(wiki.query({})).rejects.toMatchObject({ reason: 'THROTTLED', retryAfterSeconds: 5 });
      await expect(wiki.query({})).rejects.toBeInstanceOf(FetchError);
    },
  );
});
