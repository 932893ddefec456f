import { FetchError } from '@collage/fetch/fetch-error.js';
import { Keyphrase } from '@collage/proto/collage/v1/collage.js';
import { describe, expect, it } from 'vitest';
import { collect, queryFor } from '../../testing/findings.js';
import { ManualClock } from '../../testing/manual-clock.js';
import { commonsSource, type CommonsOptions } from './commons-source.js';
import { filePage } from './testing/pages.js';
import { scriptedFetcher, type Script } from './testing/scripted-fetcher.js';

/** A wiki without galleries, that answers searches for these terms, and everything else as `other` does. */
function source(
  searches: Record<string, unknown>,
  options: Partial<CommonsOptions> = {},
  other: Script = () => ({ batchcomplete: true }),
) {
  const scripted = scriptedFetcher((asked) =>
    asked.generator === 'search' ? (searches[asked.gsrsearch!] ?? { batchcomplete: true }) : other(asked),
  );
  const { fetcher } = scripted;
  return {
    ...scripted,
    commons: commonsSource({ address: 'https://commons.example/w/api.php', fetcher, ...options }),
  };
}
const found = (...names: string[]) => ({
  batchcomplete: true,
  query: { pages: names.map((name, index) => filePage(name, index)) },
});
const never = new Promise(() => {});
const tooLong = new FetchError('HTTP_STATUS', 'https://commons.example', 'is too long', { status: 414 });

describe('a question that the wiki does not answer', () => {
  it.each([
    ['refused', { error: { code: 'badvalue', info: 'no' } }, 'COMMONS_ERROR'],
    ['too long', tooLong, 'HTTP_STATUS'],
    [
      'answered by too much',
      new FetchError('TOO_LARGE', 'https://commons.example', 'is too large'),
      'TOO_LARGE',
    ],
    ['not on disk', new FetchError('OFFLINE', 'https://commons.example', 'is not kept'), 'OFFLINE'],
  ])('since it is %s is reported, and the others are asked', async (_, answer, reason) => {
    const { commons } = source({ penguin: answer, snow: found('a') });
    const { names, skipped } = await collect(commons.find(queryFor(['penguin', 'snow'], 4)));
    expect(names).toEqual(['File:a.jpg']);
    expect(skipped).toMatchObject([
      {
        reason,
        name: 'commons',
        isSource: true,
        detail: expect.stringMatching(/^the search "penguin" found/),
      },
    ]);
  });

  it.each([['THROTTLED'], ['UNREACHABLE'], ['TIMED_OUT']] as const)(
    'since the wiki is %s is the last',
    async (reason) => {
      const away = new FetchError(reason, 'https://commons.example', 'not now');
      const { commons, requests } = source({ penguin: away, snow: found('a') });
      const { names, reasons } = await collect(commons.find(queryFor(['penguin', 'snow'], 4)));
      expect([names, reasons]).toEqual([[], [`${reason} commons`]]);
      expect(requests.at(-1)).toMatchObject({ gsrsearch: 'penguin' });
    },
  );

  it('leaves out the galleries where it is for those', async () => {
    const { commons } = source({ penguin: found('a') }, {}, ({ titles }) => (titles ? tooLong : {}));
    const { names, reasons } = await collect(commons.find(queryFor(['penguin'], 4)));
    expect([names, reasons]).toEqual([['File:a.jpg'], ['HTTP_STATUS commons']]);
  });

  it('leaves panoramas at the width they have where it is for wider ones', async () => {
    const wide = filePage('wide', 1, { width: 6000, height: 1700, thumbheight: 272 });
    const { commons, photos } = source(
      { coast: { batchcomplete: true, query: { pages: [wide] } }, snow: found('a') },
      {},
      ({ prop }) => (prop ? tooLong : {}),
    );
    const { names, skipped } = await collect(commons.find(queryFor(['coast', 'snow'], 4)));
    expect(names).toEqual(['File:wide.jpg', 'File:a.jpg']);
    expect(photos).toContain('https://files.example/960px-wide.jpg');
    expect(skipped).toMatchObject([{ reason: 'WIDER_UNAVAILABLE', detail: expect.stringContaining('1920') }]);
  });
});

describe('a search that takes long', () => {
  const query = { ...queryFor(['penguin', 'snow'], 4) };

  it('tells how far it is after every answer', async () => {
    const ladder = Keyphrase.fromPartial({ text: 'penguins', queries: ['one', 'two', 'three'], weight: 1 });
    const { commons } = source({ two: found('a') });
    const { progress } = await collect(commons.find({ ...query, keyphrases: [ladder] }));
    expect(progress).toEqual(
      Array.from({ length: 4 }, () => expect.objectContaining({ done: 0, total: 1 }) as unknown),
    );
  });

  it('is ended where the wiki is silent, and what it found until then is fetched', async () => {
    const clock = new ManualClock();
    const patience = { silentSeconds: 5, totalSeconds: 50, clock };
    const { commons, photos } = source({ penguin: found('a'), snow: never }, { patience });
    const finding = collect(commons.find(query));
    await clock.pass(4);
    expect(photos).toEqual([]);
    await clock.pass(1);
    const { names, skipped } = await finding;
    expect(names).toEqual(['File:a.jpg']);
    expect(skipped).toMatchObject([
      { reason: 'SEARCH_TIMED_OUT', isSource: true, detail: expect.stringContaining('5 s') },
    ]);
  });

  it('is ended where it goes on for too long', async () => {
    const clock = new ManualClock();
    const patience = { silentSeconds: 5, totalSeconds: 6, clock };
    const later = async () => {
      await clock.sleep(4000);
      return found('late');
    };
    const { commons } = source(
      {
        penguin: found('a'),
        get snow() {
          return later();
        },
        get ice() {
          return later();
        },
      },
      { patience },
    );
    const finding = collect(commons.find(queryFor(['penguin', 'snow', 'ice'], 6)));
    for (let seconds = 0; seconds < 6; seconds++) await clock.pass(1);
    const { names, skipped } = await finding;
    expect(names).toEqual(['File:a.jpg', 'File:late.jpg']);
    expect(skipped).toMatchObject([{ reason: 'SEARCH_TIMED_OUT', detail: expect.stringContaining('6 s') }]);
  });
});
