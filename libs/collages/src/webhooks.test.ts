import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { binaries, skipNote, testDatabases } from '@collage/database/testing/test-databases.js';
import { FaultServer } from '@collage/fetch/testing/fault-server.js';
import { testFetcher, type TestFetcher } from '@collage/fetch/testing/test-fetcher.js';
import { openCollages } from './testing/open-collages.js';
import { Webhooks } from './webhooks.js';

const databases = testDatabases();
const DAY_SECONDS = 24 * 3600;

describe.skipIf(!binaries)(`webhooks (${skipNote})`, { timeout: 120_000 }, () => {
  let receiver: FaultServer;
  let fetching: TestFetcher;
  beforeEach(async () => {
    receiver = await FaultServer.start();
    fetching = await testFetcher({ allow: [receiver.host] });
  });
  afterEach(() => Promise.all([receiver.close(), fetching.remove()]));

  /** Webhooks of one collage that has ended, whose receiver answers with a status and a Retry-After header. */
  async function due({ random = 0 } = {}) {
    const database = databases.open(await databases.settingsFor());
    const { clock, store, log, notifications } = openCollages(database);
    let answer = { status: 204, retryAfter: '' };
    const webhookUrl = receiver.on('/done', (_request, response) => {
      const { status, retryAfter } = answer;
      response.writeHead(status, retryAfter === '' ? {} : { 'Retry-After': retryAfter }).end();
    });
    const { id } = (await store.create({ owner: '', prompt: 'a cat', options: {}, webhookUrl })).record;
    await log.cancel(id, '');
    const webhooks = new Webhooks(database, notifications, {
      secret: 'a-secret-of-the-test',
      post: (url, body, headers, signal) => fetching.fetcher.post(url, body, { headers, signal }),
      now: () => new Date(clock.time),
      random: () => random,
    });
    const send = () => webhooks.sendOne(new AbortController().signal);
    /** One try that is answered so; resolves to the seconds until the next. */
    async function tried(status: number, retryAfter = ''): Promise<number | null> {
      answer = { status, retryAfter };
      expect(await send()).toBe(true);
      const { pool } = await database.connect();
      const { rows } = await pool.query<{ next: Date | null }>(
        'SELECT next_try_at AS next FROM webhook_delivery',
      );
      const { next } = rows[0]!;
      return next === null ? null : (next.getTime() - clock.time) / 1000;
    }
    const pass = (seconds: number) => (clock.time += 1000 * seconds);
    return { send, tried, pass };
  }

  it.each([429, 503])('come back after a %s when the receiver asked for it, not before', async (status) => {
    const { send, tried, pass } = await due();
    expect(await tried(status, '1800')).toBe(1800);
    pass(1799);
    expect(await send()).toBe(false);
    expect(receiver.asked('/done')).toBe(1);
    pass(1);
    expect(await tried(204)).toBeNull();
    expect(receiver.asked('/done')).toBe(2);
  });

  it('come back after a date as well, and by chance a little later, so that not all come at once', async () => {
    const { tried } = await due({ random: 0.5 });
    const at = new Date(fetching.clock.milliseconds + 600_000).toUTCString();
    expect(await tried(503, at)).toBe(602.5);
  });

  it('come back after a day where the receiver asks for more than that', async () => {
    const { tried, pass } = await due();
    expect(await tried(429, '999999999')).toBe(DAY_SECONDS);
    pass(DAY_SECONDS);
    expect(await tried(204)).toBeNull();
  });

  it.each([
    ['nothing is asked for', 503, ''],
    ['less is asked for than is waited anyway', 429, '0'],
    ['what is asked for cannot be read', 429, '-5'],
    ['it is no status to ask for patience with', 500, '1800'],
  ])('wait twice as long each time where %s', async (_, status, retryAfter) => {
    const { tried, pass } = await due();
    for (const seconds of [2.5, 5, 10]) {
      expect(await tried(status, retryAfter)).toBe(seconds);
      pass(seconds);
    }
  });

  it('are given up after forty tries', async () => {
    const { send, tried, pass } = await due();
    for (let tries = 1; tries < 40; tries++) pass((await tried(503, '7200'))!);
    expect(await tried(503, '7200')).toBeNull();
    pass(365 * DAY_SECONDS);
    expect(await send()).toBe(false);
    expect(receiver.asked('/done')).toBe(40);
  });
});
