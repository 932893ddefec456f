import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Database } from '@collage/database/database.js';
import { binaries, skipNote, testDatabases } from '@collage/database/testing/test-databases.js';
import { Collage } from '@collage/proto/collage/v1/collage.js';
import type { CollageMaker } from './collage-maker.js';
import { CollageQueue } from './collage-queue.js';
import { CollagesError } from './collages-error.js';
import { openCollages } from './testing/open-collages.js';
import { WorkerPresence } from './worker-presence.js';

const databases = testDatabases();
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** What a collage's maker does here, by prompt. */
type Behavior = 'is made' | 'waits' | 'fails once' | 'is cut off once';

function open(database: Database, workerId = 'worker-of-the-test') {
  const collages = openCollages(database);
  const { store, log, notifications } = collages;
  const made: string[] = [];
  const begun: string[] = [];
  let letGo = () => {};
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  const cutOff: string[] = [];
  const make: CollageMaker['make'] = async (id, step, signal) => {
    begun.push(id);
    const run = await log.beginRun(id);
    const { prompt } = (await store.get(id)).collage;
    if (prompt === 'waits') await gate;
    // The workflow ends with this error, and the collage is not at its end.
    if (prompt === 'fails once' && run === 1) throw new CollagesError('COLLAGE_TAKEN_OVER', 'for the test');
    if (prompt === 'is cut off once') {
      await step('a stage', async () => {
        if (run > 1) return;
        cutOff.push(id);
        await once(signal, 'abort');
        throw signal.reason;
      });
    }
    made.push(id);
    await log.append(id, run, [{ $case: 'succeeded', value: { collage: Collage.create({ id, prompt }) } }]);
  };
  const warnings: string[] = [];
  const logger = {
    debug() {},
    info() {},
    error() {},
    warn: (entry: unknown) => warnings.push(String(entry)),
  };
  const queue = new CollageQueue(
    database,
    { make },
    new WorkerPresence(database, workerId, 'version-of-the-test'),
    notifications,
    { concurrency: 2, pollMilliseconds: 20, tendMilliseconds: 20 },
    logger,
  );
  let ended: Promise<void> | undefined;
  const end = () => {
    letGo();
    return (ended ??= queue.stop().then(() => notifications.close()));
  };
  ends.push(end);
  const create = async (prompt: Behavior) =>
    (await store.create({ owner: '', prompt, options: {} })).record.id;
  const query = async (text: string, values: unknown[] = []) =>
    (await (await database.connect()).pool.query(text, values)).rows;
  const workflows = async () =>
    Object.fromEntries(
      (await query('SELECT workflow_uuid AS id, status, created_at AS at FROM dbos.workflow_status')).map(
        ({ id, status, at }) => [id as string, { status, at }],
      ),
    );
  return { ...collages, queue, create, query, workflows, made, begun, cutOff, warnings, letGo, end };
}

/** As if it had been put into the queue so long ago. */
const enqueuedAgo = 'UPDATE collage SET enqueued_at = now() - $2::interval WHERE id = $1';

describe.skipIf(!binaries)(`the queue (${skipNote})`, { timeout: 120_000 }, () => {
  it('forgets workflows that ended before a moment, and no collage', async () => {
    const { queue, create, workflows, made, begun, store, log } = open(
      databases.open(await databases.settingsFor()),
    );
    const ids = [await create('is made'), await create('is made')];
    const waiting = await create('waits');
    await queue.start();
    await vi.waitFor(() => expect(made.length).toBe(2), 20_000);
    await vi.waitFor(() => expect(begun).toContain(waiting), 20_000);
    await vi.waitFor(async () => {
      const known = await workflows();
      expect(ids.map((id) => known[id]?.status)).toEqual(['SUCCESS', 'SUCCESS']);
    }, 20_000);
    expect(await queue.forgetEnded(new Date(Date.now() - 60_000))).toBe(0);
    expect(Object.keys(await workflows()).sort()).toEqual([...ids, waiting].sort());
    expect(await queue.forgetEnded(new Date(Date.now() + 60_000))).toBe(2);
    expect(Object.keys(await workflows())).toEqual([waiting]);
    expect(await queue.forgetEnded(new Date(Date.now() + 60_000))).toBe(0);
    for (const id of ids) {
      expect((await store.get(id)).finishedAt).toBeDefined();
      expect((await log.read(id, 0)).at(-1)!.event?.$case).toBe('succeeded');
    }
    // One that is forgotten is not taken for lost and made again.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(begun).toHaveLength(3);
  });

  it('leaves what begins with another version’s work to its workers, for a minute', async () => {
    const { queue, create, query, begun, workflows } = open(databases.open(await databases.settingsFor()));
    const [theirs, ours] = [await create('is made'), await create('is made')];
    const beginsWith = 'UPDATE collage SET base_digest = $2, stage_version = $3 WHERE id = $1';
    await query(beginsWith, [theirs, 'a'.repeat(64), 'another version']);
    await query(beginsWith, [ours, 'a'.repeat(64), 'version-of-the-test']);
    await query('UPDATE collage SET created_at = now()');
    await queue.start();
    await vi.waitFor(() => expect(begun).toEqual([ours]), 20_000);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(Object.keys(await workflows())).toEqual([ours]);
    // Nobody came for it.
    await query("UPDATE collage SET created_at = now() - interval '2 minutes' WHERE id = $1", [theirs]);
    await vi.waitFor(() => expect(begun).toContain(theirs), 20_000);
  });

  it('finds collages that should be in it and are not, and leaves alone those that are', async () => {
    const { queue, create, query, workflows, made, begun, warnings, letGo, store } = open(
      databases.open(await databases.settingsFor()),
    );
    // As a backup leaves them that knows collages and not the queue.
    const [lost, young] = [await create('is made'), await create('is made')];
    await query(enqueuedAgo, [lost, '61 seconds']);
    await query(enqueuedAgo, [young, '0 seconds']);
    const failing = await create('fails once');
    await queue.start();
    await vi.waitFor(() => expect(made).toEqual([lost]), 20_000);
    await vi.waitFor(async () => expect((await workflows())[failing]?.status).toBe('ERROR'), 20_000);
    expect(warnings.filter((text) => text.startsWith('1 collages were not in the queue'))).toHaveLength(1);

    // Two are being made, a third is in line, all for long: none of them is lost.
    const busy = [await create('waits'), await create('waits')];
    await vi.waitFor(() => expect(begun).toEqual(expect.arrayContaining(busy)), 20_000);
    const inLine = await create('is made');
    await vi.waitFor(async () => expect((await workflows())[inLine]?.status).toBe('ENQUEUED'), 20_000);
    for (const id of [...busy, inLine]) await query(enqueuedAgo, [id, '1 hour']);
    const before = await workflows();
    await query(enqueuedAgo, [young, '61 seconds']);
    await query(enqueuedAgo, [failing, '61 seconds']);
    await vi.waitFor(async () => {
      const known = await workflows();
      expect([known[young]?.status, known[failing]?.status]).toEqual(['ENQUEUED', 'ENQUEUED']);
    }, 20_000);
    const after = await workflows();
    for (const id of [...busy, inLine]) expect(after[id]).toEqual(before[id]);

    letGo();
    const all = [lost, young, failing, ...busy, inLine];
    await vi.waitFor(() => expect([...made].sort()).toEqual(all.sort()), 20_000);
    // Each once, but for the one whose first try ended its workflow.
    expect([...begun].sort()).toEqual([...all, failing].sort());
    for (const id of all) expect((await store.get(id)).finishedAt).toBeDefined();
  });
  it('leaves what it makes to the next worker when it stops, which does it and is told no error', async () => {
    const database = databases.open(await databases.settingsFor());
    const { queue, create, query, cutOff, end } = open(database, 'worker-that-stops');
    const id = await create('is cut off once');
    await queue.start();
    await vi.waitFor(() => expect(cutOff).toEqual([id]), 20_000);
    await end();
    const recorded = () =>
      query('SELECT function_name AS name, error FROM dbos.operation_outputs WHERE workflow_uuid = $1', [id]);
    expect(await recorded()).toEqual([]);

    const next = open(database, 'worker-that-takes-over');
    await next.queue.start();
    await vi.waitFor(async () => expect((await next.workflows())[id]?.status).toBe('SUCCESS'), 20_000);
    expect(next.begun).toEqual([id]);
    expect(next.made).toEqual([id]);
    expect(await recorded()).toEqual([{ name: 'a stage', error: null }]);
    expect(next.warnings).toEqual(['Worker worker-that-stops is gone; 1 of its collages are taken over.']);
  });
});
