import { describe, expect, it } from 'vitest';
import { binaries, skipNote, testDatabases } from '@collage/database/testing/test-databases.js';
import { Collage_State as State, Quality } from '@collage/proto/collage/v1/collage.js';
import { isCollageId } from './collage-id.js';
import { openCollages } from './testing/open-collages.js';
import { whatEventsChange } from './what-events-change.js';

const databases = testDatabases();
const fresh = async () => openCollages(databases.open(await databases.settingsFor()));
const asked = { owner: 'ann', prompt: 'a cat on a roof', options: { seed: 7, quality: Quality.DRAFT } };

describe.skipIf(!binaries)(`the store of collages (${skipNote})`, { timeout: 120_000 }, () => {
  it('gives back what was asked, every default filled in, waiting for a worker', async () => {
    const { store } = await fresh();
    const { record, added } = await store.create({ ...asked, webhookUrl: 'https://example.org/done' });
    expect(added).toBe(true);
    expect(isCollageId(record.id)).toBe(true);
    expect(await store.get(record.id, 'ann')).toEqual(record);
    expect(record).toMatchObject({
      collage: { id: record.id, prompt: asked.prompt, state: State.QUEUED },
      options: { seed: 7, heightPixels: 1024 },
      webhookUrl: 'https://example.org/done',
      eventCount: 1,
      picture: undefined,
      startedAt: undefined,
      finishedAt: undefined,
    });
  });

  it('makes one collage of a request that comes ten times at once under one key', async () => {
    const { store } = await fresh();
    const created = await Promise.all(
      Array.from({ length: 10 }, () => store.create({ ...asked, idempotencyKey: 'k' })),
    );
    expect(new Set(created.map(({ record }) => record.id)).size).toBe(1);
    expect(created.filter(({ added }) => added)).toHaveLength(1);
    expect((await store.list('ann', { limit: 100 })).collages).toHaveLength(1);
    // Another owner's key is another key, and without one every request is its own.
    expect((await store.create({ ...asked, owner: 'bob', idempotencyKey: 'k' })).added).toBe(true);
    expect((await store.create(asked)).added).toBe(true);
  });

  it('tells as event 1 that a collage is queued, once, and how many waited before it', async () => {
    const { store, log } = await fresh();
    const create = async (owner: string, idempotencyKey: string) =>
      (await store.create({ ...asked, owner, idempotencyKey })).record;
    const ahead = async (owner: string, key: string) => {
      const { id, eventCount, collage } = await create(owner, key);
      expect(eventCount).toBe(1);
      const events = await log.read(id, 0);
      expect(events).toMatchObject([{ sequence: 1, event: { $case: 'queued' } }]);
      const { event } = events[0]!;
      expect(whatEventsChange([event!])).toEqual({ state: collage.state, ends: false });
      return event!.$case === 'queued' ? event!.value.aheadCount : undefined;
    };
    expect([await ahead('ann', '1'), await ahead('ann', '2'), await ahead('ann', '3')]).toEqual([0, 1, 2]);
    // His turn is level with ann's first.
    expect(await ahead('bob', '1')).toBe(1);
    // The same request again tells nothing new.
    expect(await ahead('ann', '3')).toBe(2);
    // One that is being made and one that has ended do not wait.
    await log.beginRun((await create('ann', '1')).id);
    await log.cancel((await create('ann', '2')).id);
    expect(await ahead('ann', '4')).toBe(2);
  });

  it('makes a collage whose earlier one was deleted just then, between the refusal and the look for it', async () => {
    const database = databases.open(await databases.settingsFor());
    const { store } = openCollages(database);
    const first = (await store.create({ ...asked, idempotencyKey: 'k' })).record;
    const { pool, db } = await database.connect();
    const looks = /SELECT \* FROM collage WHERE owner = \$1 AND idempotency_key/;
    let deleting: Promise<void> | undefined;
    // A database where the other collage is deleted before the store looks for it.
    const racing = Object.create(database) as typeof database;
    racing.connect = async () => {
      const raced = Object.create(pool) as typeof pool;
      Object.assign(raced, {
        async connect() {
          const client = await pool.connect();
          const query = async (text: string, values?: unknown[]) => {
            if (looks.test(text)) await (deleting ??= store.delete(first.id));
            return client.query(text, values);
          };
          return { query, release: (broken?: Error) => client.release(broken) };
        },
      });
      return { pool: raced, db };
    };
    const { record, added } = await openCollages(racing).store.create({ ...asked, idempotencyKey: 'k' });
    expect(deleting).toBeDefined();
    expect([added, record.id === first.id]).toEqual([true, false]);
  });

  it('gives the same under a key of our making, but not one that failed or was cancelled', async () => {
    const { store, log } = await fresh();
    const ours = { ...asked, idempotencyKey: 'made of the request', isKeyOurs: true };
    const first = await store.create(ours);
    expect(await store.create(ours)).toEqual({ record: first.record, added: false });
    await log.cancel(first.record.id);
    const second = await store.create(ours);
    expect(second.added).toBe(true);
    expect((await store.create(ours)).record.id).toBe(second.record.id);
    // A client's own key names what it named.
    const theirs = { ...asked, idempotencyKey: 'k' };
    const { id } = (await store.create(theirs)).record;
    await log.cancel(id);
    expect((await store.create(theirs)).record.id).toBe(id);
  });

  it('refuses another request under a key that was used', async () => {
    const { store } = await fresh();
    await store.create({ ...asked, idempotencyKey: 'k' });
    await expect(store.create({ ...asked, idempotencyKey: 'k', options: { seed: 8 } })).rejects.toMatchObject(
      { reason: 'IDEMPOTENCY_KEY_REUSED' },
    );
  });

  it.each([
    [{ options: { seed: -1 } }, 'seed'],
    [{ prompt: 'a\0b' }, 'prompt'],
    [{ prompt: 'word '.repeat(300) }, 'prompt'],
    [{ prompt: '  ' }, 'Expected a prompt that names something'],
    [{ idempotencyKey: 'k'.repeat(201) }, 'idempotencyKey'],
  ])('refuses %j and keeps nothing of it', async (wrong, named) => {
    const { store } = await fresh();
    await expect(store.create({ ...asked, ...wrong })).rejects.toThrow(named);
    expect((await store.list('ann', { limit: 1 })).collages).toEqual([]);
  });

  it('knows a collage by its owner only, and no id that is none', async () => {
    const { store } = await fresh();
    const { record } = await store.create(asked);
    for (const attempt of [
      () => store.get(record.id, 'bob'),
      () => store.delete(record.id, 'bob'),
      () => store.get("' OR true --"),
      () => store.get(''),
      () => store.get(record.id.toUpperCase()),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ reason: 'COLLAGE_UNKNOWN' });
    }
    expect((await store.get(record.id)).id).toBe(record.id);
  });

  it('lists an owner’s collages page by page, the newest first, though others are added meanwhile', async () => {
    const { store, log } = await fresh();
    const ids: string[] = [];
    for (let index = 0; index < 7; index++) ids.push((await store.create(asked)).record.id);
    await store.create({ ...asked, owner: 'bob' });
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await store.list('ann', { limit: 3, after });
      seen.push(...page.collages.map(({ id }) => id));
      after = page.nextAfter;
      await store.create(asked);
    } while (after !== undefined);
    expect(seen).toEqual(ids.reverse());
    await log.cancel(ids[2]!);
    const cancelled = await store.list('ann', { limit: 3, state: State.CANCELLED });
    expect(cancelled.collages.map(({ id }) => id)).toEqual([ids[2]]);
    await expect(store.list('ann', { limit: 0 })).rejects.toThrow('limit');
    await expect(store.list('ann', { limit: 1, after: 'x' })).rejects.toThrow('after');
  });

  it('deletes a collage with all that happened to it', async () => {
    const { store, log } = await fresh();
    const { record } = await store.create(asked);
    const run = await log.beginRun(record.id);
    await log.append(record.id, run, [{ $case: 'stageStarted', value: { state: State.FINDING_KEYPHRASES } }]);
    await store.delete(record.id, 'ann');
    await expect(store.get(record.id)).rejects.toMatchObject({ reason: 'COLLAGE_UNKNOWN' });
    expect(await log.read(record.id, 0)).toEqual([]);
    await expect(log.append(record.id, run, [])).rejects.toMatchObject({ reason: 'COLLAGE_UNKNOWN' });
  });

  it('adds no more than may be unfinished, however many come at once; what was added is found again', async () => {
    const { store, log } = await fresh();
    const ask = (idempotencyKey: string, owner = 'ann') =>
      store.create({ ...asked, owner, idempotencyKey, unfinishedLimit: 2 });
    const results = await Promise.allSettled(['1', '2', '3', '4', '5'].map((key) => ask(key)));
    const added = results.flatMap((result, place) => (result.status === 'fulfilled' ? [place] : []));
    expect(added).toHaveLength(2);
    for (const result of results)
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({ reason: 'TOO_MANY_UNFINISHED' });
    expect((await store.list('ann', { limit: 100 })).collages).toHaveLength(2);
    // A client that did not hear the answer asks again.
    const again = await ask(String(added[0]! + 1));
    expect(again.added).toBe(false);
    expect((await ask('1', 'bob')).added).toBe(true);
    await log.cancel(again.record.id);
    expect((await ask('6')).added).toBe(true);
  });

  it('gives turns so that no owner waits for all of another’s', async () => {
    const { store, log } = await fresh();
    const turn = async (owner: string) => (await store.create({ ...asked, owner })).record.turn;
    const many = [];
    for (let index = 0; index < 6; index++) many.push(await store.create(asked));
    expect(many.map(({ record }) => record.turn)).toEqual([1, 2, 3, 4, 5, 6]);
    // Nothing has begun: whoever comes now is level with the first.
    expect(await turn('bob')).toBe(1);
    for (const { record } of many.slice(0, 3)) await log.beginRun(record.id);
    expect([await turn('carl'), await turn('carl'), await turn('bob')]).toEqual([4, 5, 4]);
    // All are made: what ann had in the past does not count against her, nor does a newcomer overtake for ever.
    for (const { record } of many.slice(3)) await log.beginRun(record.id);
    expect([await turn('ann'), await turn('dora')]).toEqual([7, 7]);
  });

  it('counts no turns of collages that were cancelled before they were begun', async () => {
    const { store, log } = await fresh();
    const ask = async (owner: string) => (await store.create({ ...asked, owner })).record;
    const begun = await ask('ann');
    await log.beginRun(begun.id);
    for (let index = 0; index < 5; index++) await log.cancel((await ask('ann')).id);
    const bobs = [await ask('bob'), await ask('bob'), await ask('bob')];
    expect(bobs.map(({ turn }) => turn)).toEqual([2, 3, 4]);
    // Her next is level with bob's first, not behind all of his.
    expect((await ask('ann')).turn).toBe(2);
    // One that was begun had its turn, though it was cancelled.
    await log.beginRun(bobs[2]!.id);
    await log.cancel(bobs[2]!.id);
    expect((await ask('bob')).turn).toBe(5);
  });
});
