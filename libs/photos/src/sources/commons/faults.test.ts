import { FaultServer, type Reply } from '@collage/fetch/testing/fault-server.js';
import { content, faults, redirect, statusPage } from '@collage/fetch/testing/faults.js';
import { testFetcher, type TestFetcher } from '@collage/fetch/testing/test-fetcher.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { preparePhoto } from '../../prepare-photo.js';
import { collect, queryFor } from '../../testing/findings.js';
import { picture } from '../../testing/pictures.js';
import { commonsSource } from './commons-source.js';
import { filePage } from './testing/pages.js';

/** Where the API is, and where the pictures are. */
let server: FaultServer;
let files: FaultServer;
let test: TestFetcher;
beforeEach(async () => {
  [server, files] = await Promise.all([FaultServer.start(), FaultServer.start()]);
  test = await testFetcher({ allow: [server.host, files.host], preparePhoto });
});
afterEach(async () => {
  await test.remove();
  await Promise.all([server.close(), files.close()]);
});

const json = (answer: unknown, headers: Record<string, string> = {}): Reply =>
  content(JSON.stringify(answer), 'application/json', headers);
const wikiError = (code: string): Reply =>
  json({ error: { code, info: 'of the wiki' } }, { 'mediawiki-api-error': code });

/** The wiki's answer to a search that finds these photos, each from this host, and of an author of its own. */
const found = (...names: string[]): Reply =>
  json({
    batchcomplete: true,
    query: {
      pages: names.map((name, index) => {
        const credit = { Artist: { value: name }, LicenseShortName: { value: 'CC BY 4.0' } };
        return filePage(name, index, { thumburl: files.address(`/${name}.jpg`), extmetadata: credit });
      }),
    },
  });

/** Puts up a wiki whose searches are answered in turn: with the first reply, then the second, the last one for good. */
function wiki(searches: Record<string, [Reply, ...Reply[]]>): string {
  return server.on('/w/api.php', (request, response, count) => {
    const asked = new URL(request.url ?? '', server.address('/')).searchParams;
    const replies = searches[asked.get('gsrsearch') ?? ''];
    const nothing = json({ batchcomplete: true });
    (replies?.[Math.min(count, replies.length) - 1] ?? nothing)(request, response, count);
  });
}

/** What the wiki was asked: the terms of searches, "" for all else. */
const searched = () =>
  server.requests.map(({ path }) => new URL(server.address(path)).searchParams.get('gsrsearch') ?? '');
const forget = () => {
  server.requests.length = files.requests.length = 0;
};

const photo = async (seed: number) => content(await picture(seed, { width: 960, height: 640 }), 'image/jpeg');
/** The pixels of a JPEG, cut off; the host says that this is all. */
const truncated = async () => {
  const whole = await picture(9, { width: 960, height: 640 });
  return content(whole.subarray(0, whole.length / 2), 'image/jpeg');
};

describe('Commons, with faults', () => {
  it('gives the good photos, and a reason for each that it can not have', async () => {
    const address = wiki({
      penguin: [faults.tooManyRequestsInHtml, found('a', 'cut', 'metadata', 'forbidden', 'b')],
      snow: [wikiError('badvalue'), found('c')],
      ice: [wikiError('internal_api_error_DBConnectionError'), found('gone', 'd')],
    });
    files.on('/a.jpg', faults.resetMidBody, await photo(1));
    files.on('/b.jpg', await photo(2));
    files.on('/c.jpg', await photo(3));
    files.on('/d.jpg', await photo(4));
    files.on('/cut.jpg', await truncated());
    files.on('/metadata.jpg', redirect('http://169.254.169.254/latest/meta-data/'));
    files.on('/forbidden.jpg', statusPage(403));
    const find = (fetcher = test.fetcher) =>
      collect(commonsSource({ address, fetcher }).find(queryFor(['penguin', 'snow', 'ice'], 30)));

    const { names, reasons } = await find();
    expect(names.toSorted()).toEqual(['File:a.jpg', 'File:b.jpg', 'File:d.jpg']);
    expect(reasons.toSorted()).toEqual([
      'COMMONS_ERROR commons',
      'HTTP_STATUS File:forbidden.jpg',
      'NOT_A_PHOTO File:cut.jpg',
      'NOT_FOUND File:gone.jpg',
      'PRIVATE_ADDRESS File:metadata.jpg',
    ]);
    expect(test.fetcher.totals().failures).toEqual({
      HTTP_STATUS: 1,
      NOT_A_PHOTO: 1,
      NOT_FOUND: 1,
      PRIVATE_ADDRESS: 1,
    });

    // On the same day: what was an error is asked again, what FETCH_ALLOW forbids too, and nothing else.
    forget();
    const second = await find(test.again());
    expect(second.names.toSorted()).toEqual(['File:a.jpg', 'File:b.jpg', 'File:c.jpg', 'File:d.jpg']);
    expect(second.reasons).not.toContain('COMMONS_ERROR commons');
    expect(searched()).toEqual(['snow']);
    expect(files.requests.map(({ path }) => path).toSorted()).toEqual(['/c.jpg', '/metadata.jpg']);
    forget();
    await find(test.again());
    expect(searched()).toEqual([]);
    expect(files.requests.map(({ path }) => path)).toEqual(['/metadata.jpg']);
  });

  it('that end the search let what was found until then be fetched', async () => {
    const address = wiki({
      penguin: [found('a')],
      snow: [faults.unavailable('3600')],
      ice: [found('b')],
    });
    files.on('/a.jpg', await photo(1));
    const source = commonsSource({ address, fetcher: test.fetcher });
    const { names, reasons } = await collect(source.find(queryFor(['penguin', 'snow', 'ice'], 6)));
    expect(names).toEqual(['File:a.jpg']);
    expect(reasons).toEqual(['THROTTLED commons']);
    expect(searched()).toEqual(['', '', 'penguin', 'snow']);
  });
});
