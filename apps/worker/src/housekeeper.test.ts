import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FolderBlobStore } from '@collage/blobs/blob-store.js';
import type { SweepableBlobs } from '@collage/collages/sweep-blobs.js';
import type { CacheEntry } from '@collage/collages/sweep-cache.js';
import { openCollages } from '@collage/collages/testing/open-collages.js';
import { readConfig } from '@collage/config/config.js';
import { JsonLog } from '@collage/config/json-log.js';
import { binaries, skipNote, testDatabases } from '@collage/database/testing/test-databases.js';
import { Housekeeper, type HousekeeperClock } from './housekeeper.js';
import { WorkerMetrics } from './worker-metrics.js';

const databases = testDatabases();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A clock that the test moves; what is due by then is done, in order. */
class MovedClock implements HousekeeperClock {
  #due: { at: number; work: () => Promise<void> }[] = [];
  constructor(public time: number) {}

  now = () => new Date(this.time);
  after(milliseconds: number, work: () => Promise<void>) {
    const entry = { at: this.time + milliseconds, work };
    this.#due.push(entry);
    return () => void (this.#due = this.#due.filter((other) => other !== entry));
  }
  get waiting(): number {
    return this.#due.length;
  }
  async pass(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds;
    for (;;) {
      const [next] = this.#due.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#due = this.#due.filter((other) => other !== next);
      this.time = next.at;
      await next.work();
    }
    this.time = end;
  }
}

class FakeCache {
  entries: CacheEntry[] = [];
  broken = false;

  async *list() {
    if (this.broken) throw new Error('may not be looked into');
    yield* this.entries;
  }
  async delete(entry: CacheEntry) {
    this.entries = this.entries.filter((other) => other !== entry);
  }
}

async function open(settings: Record<string, string> = {}) {
  const database = databases.open(await databases.settingsFor());
  const collages = openCollages(database);
  const folder = new FolderBlobStore(join(await databases.folder(), 'blobs'));
  const clock = new MovedClock(collages.clock.time);
  let broken = false;
  let hugeBytes = 0;
  const blobs = {
    async *list() {
      if (broken) throw new Error('the store is away');
      if (hugeBytes > 0) yield { digest: 'f'.repeat(64), sizeBytes: hugeBytes };
      yield* folder.list();
    },
    delete: (digest: string) => folder.delete(digest),
  };
  const [derived, fetched] = [new FakeCache(), new FakeCache()];
  /** When house was kept, in minutes from the start, and by whom. */
  const rounds: { by: string; minutes: number }[] = [];
  const began = clock.time;
  const forgotten: Date[] = [];
  function worker(by: string, own: SweepableBlobs = blobs) {
    const lines: { level: string; message: string; [field: string]: unknown }[] = [];
    const write = (text: string) => {
      const line = JSON.parse(text);
      lines.push(line);
      if (line.message === 'house was kept') rounds.push({ by, minutes: (clock.time - began) / MINUTE });
    };
    const metrics = new WorkerMetrics();
    const queue = {
      forgetEnded: async (before: Date) => {
        forgotten.push(before);
        return 3;
      },
    };
    const log = new JsonLog({ write }, () => clock.time);
    const places = { blobs: own, derived, fetched };
    const keeper = new Housekeeper(database, queue, places, readConfig(settings), clock, log, metrics);
    return { keeper, lines, metrics };
  }
  const setBroken = (value: boolean) => (broken = value);
  const setHuge = (bytes: number) => (hugeBytes = bytes);
  return {
    ...collages,
    blobs: folder,
    derived,
    fetched,
    clock,
    worker,
    rounds,
    forgotten,
    setBroken,
    setHuge,
  };
}

describe.skipIf(!binaries)(`the housekeeper (${skipNote})`, { timeout: 120_000 }, () => {
  it('keeps house a minute after the start and then every hour, one of several workers', async () => {
    const { clock, worker, rounds, forgotten } = await open();
    const [ann, bob, carl] = [worker('ann'), worker('bob'), worker('carl')];
    ann.keeper.start();
    await clock.pass(5 * MINUTE);
    bob.keeper.start();
    carl.keeper.start();
    await clock.pass(3 * HOUR);
    expect(rounds).toEqual([1, 61, 121, 181].map((minutes) => ({ by: 'ann', minutes })));
    // Of the queue a week is kept.
    expect(forgotten.map((before) => before.getTime())).toEqual(
      rounds.map(({ minutes }) => clock.time - 185 * MINUTE + minutes * MINUTE - 7 * DAY),
    );

    // The others do it when the one that did is gone: at 246 minutes, bob's next look.
    await ann.keeper.stop();
    await clock.pass(2 * HOUR);
    expect(rounds.slice(4)).toEqual([{ by: 'bob', minutes: 246 }]);
    for (const { keeper } of [bob, carl]) await keeper.stop();
    expect(clock.waiting).toBe(0);
  });

  it('tells of a failure and tries again an hour later', async () => {
    const { clock, worker, rounds, setBroken } = await open();
    const { keeper, lines } = worker('ann');
    setBroken(true);
    keeper.start();
    await clock.pass(2 * MINUTE);
    expect(lines).toMatchObject([{ level: 'error', message: expect.stringContaining('the store is away') }]);
    setBroken(false);
    await clock.pass(HOUR);
    expect(rounds).toEqual([{ by: 'ann', minutes: 61 }]);
    await keeper.stop();
  });

  it('is kept by another worker where one always fails', async () => {
    const { clock, worker, rounds } = await open();
    const ann = worker('ann', {
      // eslint-disable-next-line require-yield
      async *list() {
        throw new Error('may not be listed');
      },
      delete: async () => {},
    });
    const bob = worker('bob');
    ann.keeper.start();
    await clock.pass(30 * MINUTE);
    bob.keeper.start();
    await clock.pass(3 * HOUR);
    expect(rounds).toEqual([31, 91, 151].map((minutes) => ({ by: 'bob', minutes })));
    expect(ann.lines.map(({ level }) => level)).toEqual(['error']);
    for (const { keeper } of [ann, bob]) await keeper.stop();
  });

  it('waits at its end for the round under way, and begins no other', async () => {
    const { clock, worker, rounds } = await open();
    const { keeper } = worker('ann');
    keeper.start();
    const passing = clock.pass(MINUTE);
    expect(rounds).toEqual([]);
    await keeper.stop();
    expect(rounds).toHaveLength(1);
    await passing;
    expect(clock.waiting).toBe(0);
  });

  it('says when more is stored than the budget allows, and that nothing can be cleared away', async () => {
    const { clock, worker, setHuge } = await open({ DISK_BUDGET_GIBIBYTES: '1' });
    const { keeper, lines, metrics } = worker('ann');
    setHuge(2 ** 30 + 1);
    keeper.start();
    await clock.pass(MINUTE);
    expect(lines.map(({ level }) => level)).toEqual(['info', 'warning']);
    expect(lines[1]!.message).toMatch(/1073741825 bytes and what models computed 0.*DISK_BUDGET_GIBIBYTES/);
    expect((await metrics.storedBytes.get()).values).toMatchObject([{ value: 2 ** 30 + 1 }]);
    await keeper.stop();
  });

  it('keeps what it fetched for good, unless it takes more than a tenth of the budget', async () => {
    const { clock, worker, derived, fetched } = await open({ DISK_BUDGET_GIBIBYTES: '1', STAGE_DAYS: '0' });
    const entry = (days: number, sizeBytes: number) => ({
      sizeBytes,
      storedAt: new Date(clock.time - days * DAY),
    });
    const tenth = Math.floor(2 ** 30 / 10);
    fetched.entries = [entry(2, 7), entry(1000, tenth - 7)];
    derived.entries = [entry(5, tenth), entry(3, 6)];
    const { keeper, metrics, lines } = worker('ann');
    const value = async (gauge: 'fetchedBytes' | 'derivedBytes') =>
      (await metrics[gauge].get()).values[0]!.value;
    keeper.start();
    await clock.pass(MINUTE);
    expect([await value('fetchedBytes'), await value('derivedBytes')]).toEqual([tenth, 6]);
    fetched.entries.push(entry(1, 1));
    await clock.pass(HOUR);
    expect(await value('fetchedBytes')).toBe(8);
    expect(fetched.entries.map(({ sizeBytes }) => sizeBytes)).toEqual([7, 1]);
    expect(lines.map(({ level }) => level)).toEqual(['info', 'info']);
    expect((await metrics.cleared.get()).values).toContainEqual({ labels: { kind: 'fetched' }, value: 1 });
    await keeper.stop();
  });

  it('keeps all that it fetched where nothing can be fetched again', async () => {
    const { clock, worker, fetched } = await open({ DISK_BUDGET_GIBIBYTES: '1', OFFLINE: 'true' });
    fetched.entries = [{ sizeBytes: 2 ** 30, storedAt: new Date(clock.time - 1000 * DAY) }];
    const { keeper, metrics } = worker('ann');
    keeper.start();
    await clock.pass(MINUTE);
    expect((await metrics.fetchedBytes.get()).values[0]!.value).toBe(2 ** 30);
    expect(fetched.entries).toHaveLength(1);
    await keeper.stop();
  });

  it('keeps house though it may not look into what it fetched, and tells', async () => {
    const { clock, worker, rounds, fetched } = await open();
    fetched.broken = true;
    const { keeper, lines } = worker('ann');
    keeper.start();
    await clock.pass(MINUTE);
    expect(rounds).toHaveLength(1);
    expect(lines.map(({ level }) => level)).toEqual(['error', 'info']);
    await keeper.stop();
  });

  it('keeps what the settings say, and counts what it cleared', async () => {
    const { clock, worker, blobs, store, log, forgotten } = await open({
      COLLAGE_DAYS: '2',
      UNUSED_HOURS: '1',
    });
    const { id } = (await store.create({ owner: '', prompt: 'a cat', options: {} })).record;
    await log.cancel(id, '');
    const unused = await blobs.put(Buffer.from('nobody needs it'));
    const { keeper, metrics, lines } = worker('ann');
    keeper.start();
    await clock.pass(MINUTE);
    expect(await blobs.has(unused)).toBe(true);
    await clock.pass(2 * DAY);
    expect(await blobs.has(unused)).toBe(false);
    await expect(store.get(id)).rejects.toMatchObject({ reason: 'COLLAGE_UNKNOWN' });
    const counted = async (kind: string) =>
      (await metrics.cleared.get()).values.find(({ labels }) => labels.kind === kind)?.value;
    expect(await counted('blobs')).toBe(1);
    expect(await counted('collages')).toBe(1);
    expect(await counted('workflows')).toBe(3 * forgotten.length);
    expect((await metrics.storedBytes.get()).values).toMatchObject([{ value: 0 }]);
    expect(lines.filter(({ level }) => level !== 'info')).toEqual([]);
    await keeper.stop();
  });
});
