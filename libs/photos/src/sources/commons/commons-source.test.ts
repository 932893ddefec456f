import { FetchError } from '@collage/fetch/fetch-error.js';
import { Keyphrase } from '@collage/proto/collage/v1/collage.js';
import { Photo } from '@collage/proto/collage/v1/photo.js';
import { describe, expect, it } from 'vitest';
import { licenseWishes } from '@collage/licensing/wanted-licenses.js';
import { searchPhotos } from '../../photo-search.js';
import { skipped } from '../../photo-source.js';
import { collect, queryFor } from '../../testing/findings.js';
import { ManualClock } from '../../testing/manual-clock.js';
import type { ApiPage } from './api-answer.js';
import { commonsSource, type CommonsOptions } from './commons-source.js';
import { filePage } from './testing/pages.js';
import { scriptedFetcher } from './testing/scripted-fetcher.js';

interface Wiki {
  /** Pages that a search for these terms finds. */
  searches?: Record<string, ApiPage[]>;
  /** Pages on the gallery of this title. */
  galleries?: Record<string, ApiPage[]>;
  redirects?: { from: string; to: string }[];
  extensions?: string[];
}

/** A source with a wiki of a few lines behind it. */
function source(
  { searches = {}, galleries = {}, redirects = [], extensions = [] }: Wiki,
  options: Partial<CommonsOptions> = {},
) {
  const { fetcher, requests, photos } = scriptedFetcher((asked) => {
    if (asked.meta) return { query: { extensions: extensions.map((name) => ({ name })) } };
    const pages =
      asked.generator === 'search'
        ? searches[asked.gsrsearch!]
        : asked.generator === 'images'
          ? galleries[asked.titles!]
          : asked.prop
            ? asked
                .titles!.split('|')
                .map((title) => filePage(title.slice(5, -4), 0, wideAt(title, asked.iiurlwidth!)))
            : titlesAsked(asked.titles!);
    return { batchcomplete: true, ...(pages && { query: { pages, redirects } }) };
  });
  const wideAt = (title: string, width: string) => ({
    thumburl: `https://files.example/${width}px-${title.slice(5)}`,
    thumbwidth: Number(width),
  });
  const titlesAsked = (titles: string): ApiPage[] =>
    [
      ...new Set(titles.split('|').map((title) => redirects.find(({ from }) => from === title)?.to ?? title)),
    ].map((title) => ({
      title,
      ns: 0,
      missing: !(title in galleries),
    }));
  const commons = commonsSource({ address: 'https://commons.example/w/api.php', fetcher, ...options });
  return { commons, requests, photos };
}
const photoOf = (name: string, width = 900) => Photo.fromPartial({ sourceId: `File:${name}.jpg`, width });
async function all<T>(findings: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const finding of findings) found.push(finding);
  return found;
}
const ladder = (...queries: string[]) => Keyphrase.fromPartial({ text: queries[0], queries, weight: 1 });

describe('commonsSource', () => {
  it('tries the queries from the most exact until enough are found, search before gallery', async () => {
    const { commons, requests } = source({
      searches: { 'emperor penguins skiing': [filePage('a', 1)], penguins: [filePage('c', 1)] },
      galleries: { 'emperor penguins': [filePage('b', 0)], penguins: [filePage('d', 0)] },
    });
    const query = {
      ...queryFor([], 3),
      keyphrases: [ladder('emperor penguins skiing', 'emperor penguins', 'penguins', 'birds')],
    };
    const { names } = await collect(commons.find(query));
    expect(names).toEqual(['File:a.jpg', 'File:b.jpg', 'File:c.jpg']);
    const lookups = requests.flatMap(({ generator, gsrsearch, titles }) =>
      generator ? [gsrsearch ?? `[[${titles}]]`] : [],
    );
    expect(lookups).toEqual([
      'emperor penguins skiing',
      'emperor penguins',
      '[[emperor penguins]]',
      'penguins',
    ]);
  });

  it('asks for files only, by their text, with all that a credit needs', async () => {
    const { commons, requests } = source({ searches: { penguin: [filePage('a', 1)] } });
    await collect(commons.find(queryFor(['penguin'], 1)));
    expect(requests.find(({ generator }) => generator === 'search')).toMatchObject({
      gsrnamespace: '6',
      gsrwhat: 'text',
      gsrlimit: '10',
      prop: 'imageinfo',
      redirects: '1',
      iiurlwidth: '960',
      iiprop: 'url|size|mime|sha1|extmetadata',
      iiextmetadatafilter: expect.stringMatching(/Artist\|.*Attribution.*\|LicenseUrl\|.*Restrictions/),
    });
  });

  it('asks CirrusSearch, where the wiki has it, for bitmaps', async () => {
    const { commons, requests } = source({
      extensions: ['CirrusSearch'],
      searches: { 'penguin filetype:bitmap': [filePage('a', 1)] },
    });
    const { names } = await collect(commons.find(queryFor(['penguin'], 1)));
    expect(names).toEqual(['File:a.jpg']);
    expect(requests.filter(({ meta }) => meta)).toHaveLength(1);
  });

  it('looks for the galleries of all keyphrases in one request, and knows redirected ones', async () => {
    const { commons, requests } = source({
      redirects: [{ from: 'penguins', to: 'Penguin' }],
      galleries: { Penguin: [filePage('a', 0)] },
    });
    const { names } = await collect(commons.find(queryFor(['penguins', 'a|b', 'talk: x', 'snow'], 4)));
    expect(
      requests.filter(({ titles, generator }) => titles && !generator).map(({ titles }) => titles),
    ).toEqual(['penguins|snow']);
    expect(names).toEqual(['File:a.jpg']);
  });

  it('takes a file once that answers two keyphrases or has two names', async () => {
    const twin = filePage('twin', 2, { sha1: 'sha1 of a' });
    const { commons, photos } = source({
      searches: { penguin: [filePage('a', 1), twin], snow: [filePage('a', 1), filePage('b', 2)] },
    });
    const { names } = await collect(commons.find(queryFor(['penguin', 'snow'], 4)));
    expect(names).toEqual(['File:a.jpg', 'File:b.jpg']);
    expect(photos).toHaveLength(2);
  });

  it('lets keyphrases take turns, each its share, and counts what is over the limit', async () => {
    const files = (name: string) => [1, 2, 3].map((index) => filePage(`${name}${index}`, index));
    const { commons } = source({ searches: { penguin: files('p'), snow: files('s') } });
    const { names, reasons } = await collect(commons.find(queryFor(['penguin', 'snow'], 4)));
    expect(names).toEqual(['File:p1.jpg', 'File:s1.jpg', 'File:p2.jpg', 'File:s2.jpg']);
    expect(reasons).toEqual(['OVER_LIMIT File:p3.jpg', 'OVER_LIMIT File:s3.jpg']);
  });

  it('goes on with the next where a picture is gone, and says so', async () => {
    const gone = filePage('x', 1, { thumburl: 'https://files.example/gone.jpg' });
    const { commons } = source({ searches: { penguin: [gone, filePage('b', 2)] } });
    const { names, reasons } = await collect(commons.find(queryFor(['penguin'], 1)));
    expect(names).toEqual(['File:b.jpg']);
    expect(reasons).toEqual(['NOT_FOUND File:x.jpg']);
  });

  it('downloads no photo whose license or author would not do', async () => {
    const by = (author: string, license = 'CC BY 4.0') => ({
      extmetadata: { Artist: { value: author }, LicenseShortName: { value: license } },
    });
    const { commons, photos } = source({
      searches: {
        penguin: [
          filePage('nc', 1, by('Ann', 'CC BY-NC 4.0')),
          filePage('sa', 2, by('Ann', 'CC BY-SA 4.0')),
          filePage('a', 3, by('Ann')),
          filePage('b', 4, by('Ann')),
          filePage('c', 5, by('Bob')),
        ],
      },
    });
    const query = { ...queryFor(['penguin'], 9), licenses: licenseWishes(['sellable']), photosPerAuthor: 1 };
    const { names, reasons } = await collect(commons.find(query));
    expect(names).toEqual(['File:a.jpg', 'File:c.jpg']);
    expect(reasons).toEqual([
      'LICENSE_NC File:nc.jpg',
      'LICENSE_NOT_WANTED File:sa.jpg',
      'AUTHOR_LIMIT File:b.jpg',
    ]);
    expect(photos).toEqual(['https://files.example/960px-a.jpg', 'https://files.example/960px-c.jpg']);
  });

  it('lets a picture that is gone take no place of its author', async () => {
    const gone = (name: string, index: number) =>
      filePage(name, index, { thumburl: `https://files.example/gone-${name}.jpg` });
    const { commons, photos } = source({
      searches: { penguin: [gone('x', 1), filePage('a', 2), filePage('b', 3), filePage('c', 4)] },
    });
    const query = { ...queryFor(['penguin'], 3), photosPerAuthor: 2 };
    const { names, reasons } = await collect(commons.find(query));
    expect(names).toEqual(['File:a.jpg', 'File:b.jpg']);
    expect(reasons).toEqual(['NOT_FOUND File:x.jpg', 'AUTHOR_LIMIT File:c.jpg']);
    expect(photos).not.toContain('https://files.example/960px-c.jpg');
  });

  it('downloads what another source of the same search has once', async () => {
    const searches = { penguin: [filePage('a', 1), filePage('b', 2)] };
    const [one, two] = [source({ searches }), source({ searches: { penguin: [filePage('a', 1)] } })];
    const { names, reasons } = await collect(
      searchPhotos([one.commons, two.commons], queryFor(['penguin'], 9)),
    );
    expect(names).toEqual(['File:a.jpg', 'File:b.jpg']);
    expect(reasons).toEqual(['DUPLICATE File:a.jpg']);
    expect([...one.photos, ...two.photos].toSorted()).toEqual([
      'https://files.example/960px-a.jpg',
      'https://files.example/960px-b.jpg',
    ]);
  });

  it('fetches panoramas wider, so that their short side is long enough', async () => {
    const wide = ['x', 'y'].map((name, index) =>
      filePage(name, index, { width: 6000, height: 1700, thumbheight: 272 }),
    );
    const { commons, photos, requests } = source({ searches: { coast: [...wide, filePage('z', 3)] } });
    await collect(commons.find(queryFor(['coast'], 3)));
    expect(photos).toEqual([
      'https://files.example/1920px-x.jpg',
      'https://files.example/1920px-y.jpg',
      'https://files.example/960px-z.jpg',
    ]);
    expect(requests.at(-1)).toMatchObject({ titles: 'File:x.jpg|File:y.jpg', iiurlwidth: '1920' });
  });

  it('gives larger versions of chosen photos at the widths that are served, 50 in a request', async () => {
    const { commons, requests, photos } = source({});
    const wish = (name: string, width: number) => ({ photo: photoOf(name), width });
    const wishes = [...Array.from({ length: 51 }, (_, index) => wish(`${index}`, 2000)), wish('x', 1300)];
    const larger = await all(commons.larger!(wishes));
    expect(larger).toHaveLength(52);
    expect(larger.at(-1)).toMatchObject({ kind: 'larger', photo: { sourceId: 'File:50.jpg' }, width: 960 });
    expect(requests.map(({ titles, iiurlwidth }) => [titles!.split('|').length, iiurlwidth])).toEqual([
      [1, '1920'],
      [50, '3840'],
      [1, '3840'],
    ]);
    expect(photos).toContain('https://files.example/1920px-x.jpg');
    expect(photos).toContain('https://files.example/3840px-50.jpg');
  });

  it('skips larger versions that are gone, and says which photos are as large as they get', async () => {
    const { commons } = source({});
    const wishes = [photoOf('gone'), photoOf('small', 3840), photoOf('a')].map((photo) => ({
      photo,
      width: 3000,
    }));
    const larger = await all(commons.larger!(wishes));
    expect(
      larger.map((each) => [each.kind, each.kind === 'skipped' ? each.reason : each.photo.sourceId]),
    ).toEqual([
      ['largest', 'File:small.jpg'],
      ['skipped', 'LARGER_UNAVAILABLE'],
      ['larger', 'File:a.jpg'],
    ]);
  });

  it('skips larger versions that take too long, and gives the others', async () => {
    const clock = new ManualClock();
    const { commons } = source({});
    const wishes = ['slow', 'a'].map((name) => ({ photo: photoOf(name), width: 3000 }));
    const finding = all(commons.larger!(wishes, undefined, { photoSeconds: 9, clock }));
    await clock.pass(0);
    await clock.pass(9);
    expect(await finding).toEqual([
      skipped('LARGER_TIMED_OUT', 'File:slow.jpg', expect.stringContaining('9 s') as string),
      expect.objectContaining({ kind: 'larger', photo: wishes[1]!.photo }),
    ]);
  });

  it('reports a wiki that fails midway, and gives what it found before', async () => {
    const searches = { penguin: [filePage('a', 1)] };
    const { commons } = source({
      get searches() {
        return new Proxy(searches, {
          get(target, name) {
            if (name === 'snow')
              throw new FetchError('UNREACHABLE', 'https://commons.example', 'nobody answers');
            return target[name as 'penguin'];
          },
        });
      },
    });
    const { names, reasons } = await collect(commons.find(queryFor(['penguin', 'snow'], 4)));
    expect(names).toEqual(['File:a.jpg']);
    expect(reasons).toEqual(['UNREACHABLE commons']);
  });

  it('does not know what to look for without keyphrases', async () => {
    const { commons, requests } = source({});
    expect((await collect(commons.find(queryFor()))).reasons).toEqual(['NO_KEYPHRASE commons']);
    expect(requests).toEqual([]);
  });

  it('ends with the reason of the signal', async () => {
    const { commons } = source({ searches: { penguin: [filePage('a', 1)] } });
    const stop = AbortSignal.abort(new Error('enough'));
    await expect(collect(commons.find(queryFor(['penguin']), stop))).rejects.toThrow('enough');
  });
});
