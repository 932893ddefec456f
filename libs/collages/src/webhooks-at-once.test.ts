import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { binaries, skipNote, testDatabases } from '@collage/database/testing/test-databases.js';
import { Collage_State as State } from '@collage/proto/collage/v1/collage.js';
import { TO_TELL_CHANNEL } from './event-log.js';
import { openCollages } from './testing/open-collages.js';
import { type Post, Webhooks, type WebhookOptions } from './webhooks.js';

const databases = testDatabases();
const running = () => new AbortController();

describe.skipIf(!binaries)(`webhooks sent at once (${skipNote})`, { timeout: 120_000 }, () => {
  /** Collages that end, and senders whose messages go to `post`. */
  async function sending() {
    const database = databases.open(await databases.settingsFor());
    const { pool } = await database.connect();
    const { clock, store, log, notifications } = openCollages(database);
    /** A collage that has ended. */
    async function ended(owner: string, webhookUrl?: string): Promise<string> {
      const { id } = (await store.create({ owner, prompt: 'a cat', options: {}, webhookUrl })).record;
      await log.cancel(id, owner);
      return id;
    }
    const sender = (post: Post, options: Partial<WebhookOptions> = {}) =>
      new Webhooks(database, notifications, {
        secret: 'a-secret-of-the-test',
        post,
        now: () => new Date(clock.time),
        random: () => 0,
        ...options,
      });
    const deliveries = async () =>
      (
        await pool.query<{ id: string; tries: number; next: Date | null; result: string }>(
          'SELECT collage_id AS id, try_count AS tries, next_try_at AS next, result FROM webhook_delivery',
        )
      ).rows;
    return { clock, store, log, notifications, pool, ended, sender, deliveries };
  }

  it('are not held up by the slow receivers of another, who can still delete those collages', async () => {
    const { ended, sender, store, deliveries } = await sending();
    const slow = await Promise.all([1, 2, 3, 4, 5].map((n) => ended('ann', `https://slow.example/${n}`)));
    const quick = await ended('bob', 'https://quick.example/');
    const [open, taken] = [new Set<string>(), [] as string[]];
    let answer = () => {};
    const answered = new Promise<void>((resolve) => (answer = resolve));
    let most = 0;
    const webhooks = sender(async (url) => {
      if (!url.includes('slow')) return void taken.push(url);
      most = Math.max(most, open.add(url).size);
      await answered;
      open.delete(url);
    });
    const stop = running();
    const serving = webhooks.serve(stop.signal);
    while (taken.length === 0 || open.size < 2) await sleep(5);
    expect(taken).toEqual(['https://quick.example/']);
    // Those under way too: this would wait for the answer if their rows were locked.
    for (const id of slow.slice(0, 4)) await store.delete(id, 'ann');
    answer();
    while ((await deliveries()).some(({ result }) => result !== 'delivered')) await sleep(5);
    stop.abort();
    await serving;
    expect(most).toBe(2);
    expect((await deliveries()).map(({ id }) => id).sort()).toEqual([slow[4], quick].sort());
  });

  it('come once, however many processes send', async () => {
    const { ended, sender } = await sending();
    const ids = [];
    for (let n = 0; n < 30; n++) ids.push(await ended(`owner ${n % 10}`, `https://one.example/${n}`));
    const posts: string[] = [];
    const post: Post = async (_url, body) => {
      posts.push(JSON.parse(body).data.id);
      await sleep(5);
    };
    const stop = running();
    const serving = [1, 2, 3].map(() => sender(post).serve(stop.signal));
    while (posts.length < ids.length) await sleep(5);
    stop.abort();
    await Promise.all(serving);
    expect(posts.sort()).toEqual(ids.sort());
  });

  it('fail where the receiver does not answer in time', async () => {
    const { ended, sender, deliveries, clock } = await sending();
    const id = await ended('ann', 'https://slow.example/');
    const silent: Post = (_url, _body, _headers, signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    await sender(silent, { tryMilliseconds: 20 }).sendOne(running().signal);
    const result = 'https://slow.example/ did not take the message within 0.02 s';
    expect(await deliveries()).toEqual([{ id, tries: 1, next: new Date(clock.time + 2500), result }]);
  });

  it('that were under way when the sender ended are sent by the next at once', async () => {
    const { ended, sender, deliveries } = await sending();
    const id = await ended('ann', 'https://slow.example/');
    const stop = running();
    const cut: Post = async (_url, _body, _headers, signal) => {
      stop.abort();
      signal.throwIfAborted();
    };
    await sender(cut).serve(stop.signal);
    expect(await sender(async () => {}).sendOne(running().signal)).toBe(true);
    expect(await deliveries()).toEqual([{ id, tries: 1, next: null, result: 'delivered' }]);
  });

  it('that died with their sender are sent by another after two minutes', async () => {
    const { ended, sender, clock } = await sending();
    await ended('ann', 'https://slow.example/');
    await new Promise<void>((claimed) => {
      const dying = sender(() => new Promise(() => claimed()));
      void dying.sendOne(running().signal);
    });
    const other = sender(async () => {});
    expect(await other.sendOne(running().signal)).toBe(false);
    clock.time += 120_000;
    expect(await other.sendOne(running().signal)).toBe(true);
  });

  it('are looked for when a collage ends that has one, and not at every event', async () => {
    const { store, log, notifications, ended } = await sending();
    const heard: (string | undefined)[] = [];
    notifications.listen(TO_TELL_CHANNEL, (payload) => heard.push(payload));
    await notifications.ready();
    heard.length = 0;
    const { record } = await store.create({
      owner: '',
      prompt: 'a cat',
      options: {},
      webhookUrl: 'https://a.b/',
    });
    const run = await log.beginRun(record.id);
    const progress = { state: State.ARRANGING, doneCount: 1, totalCount: 2, unit: 'layouts' };
    await log.append(record.id, run, [{ $case: 'stageProgressed', value: progress }]);
    await ended('');
    await log.append(record.id, run, [{ $case: 'failed', value: { reason: 'TEST', message: 'the end' } }]);
    while (heard.length === 0) await sleep(5);
    expect(heard).toEqual([record.id]);
  });

  it('of collages whose end an earlier version wrote are sent as well', async () => {
    const { ended, sender, pool, deliveries } = await sending();
    await ended('ann', 'https://quick.example/');
    await pool.query('DELETE FROM webhook_delivery');
    const stop = running();
    const serving = sender(async () => {}).serve(stop.signal);
    while ((await deliveries())[0]?.result !== 'delivered') await sleep(5);
    stop.abort();
    await serving;
  });
});
