import { describe, expect, it } from 'vitest';
import type { Database } from '@collage/database/database.js';
import { binaries, skipNote, testDatabases } from '@collage/database/testing/test-databases.js';
import { Collage, Collage_State as State, type CollageEvent } from '@collage/proto/collage/v1/collage.js';
import type { StageEvent } from '@collage/pipeline/stage-event.js';
import { openCollages } from './testing/open-collages.js';

const databases = testDatabases();
const progressed = (done: number): StageEvent => ({
  $case: 'stageProgressed',
  value: { state: State.ARRANGING, doneCount: done, totalCount: 99, unit: 'layouts “scored” \\u0000 \0' },
});

async function begun() {
  const database = databases.open(await databases.settingsFor());
  const collages = openCollages(database);
  const { id } = (await collages.store.create({ owner: '', prompt: 'a cat', options: {} })).record;
  return { ...collages, database, id, run: await collages.log.beginRun(id) };
}

describe.skipIf(!binaries)(`the event log (${skipNote})`, { timeout: 120_000 }, () => {
  it('numbers events from 1 without gaps, in the order of commits, however many write at once', async () => {
    const { log, id, run } = await begun();
    const lasts = await Promise.all(
      Array.from({ length: 20 }, (_, index) => log.append(id, run, [progressed(index), progressed(index)])),
    );
    expect([...lasts].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => 2 * index + 3));
    const events = await log.read(id, 0);
    expect(events.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 41 }, (_, index) => index + 1),
    );
    expect(events[0]!.event!.$case).toBe('queued');
    // Each batch stayed together, and what was in it came back as it was.
    expect(events[1]!.event).toEqual(events[2]!.event);
    expect(events[1]!.event!.value).toMatchObject({ unit: 'layouts “scored” \\u0000 \0' });
    expect((await log.read(id, 38)).map(({ sequence }) => sequence)).toEqual([39, 40, 41]);
    expect(await log.read(id, 0, 2)).toHaveLength(2);
  });

  it('moves the collage’s row with the events', async () => {
    const { store, log, id, run } = await begun();
    await log.append(id, run, [{ $case: 'stageStarted', value: { state: State.RENDERING } }, progressed(1)]);
    expect((await store.get(id)).collage.state).toBe(State.RENDERING);
    const rendered = { pictureDigest: 'd'.repeat(64), mediaType: 'image/png', width: 30, height: 20 };
    await log.append(id, run, [{ $case: 'rendered', value: rendered }]);
    const { pictureDigest: digest, ...rest } = rendered;
    expect((await store.get(id)).picture).toEqual({ digest, ...rest });
    const collage = Collage.create({ id, prompt: 'a cat', score: 0.25, state: State.SUCCEEDED });
    await log.append(id, run, [{ $case: 'succeeded', value: { collage } }]);
    const ended = await store.get(id);
    expect(ended).toMatchObject({ eventCount: 5, collage: { score: 0.25, state: State.SUCCEEDED } });
    expect(ended.finishedAt).toBeInstanceOf(Date);
  });

  it('counts in a failed collage what its stage left out, whatever the words', async () => {
    const { store, log, id, run } = await begun();
    const skipped = (reason: string): StageEvent => ({
      $case: 'skipped',
      value: { reason, name: 'a.jpg', detail: 'a license of \0 and \ud83d' },
    });
    const started: StageEvent = { $case: 'stageStarted', value: { state: State.FINDING_PHOTOS } };
    await log.append(id, run, [skipped('OF_BEFORE'), started]);
    await log.append(id, run, [skipped('NO_LICENSE'), skipped('NO_LICENSE')]);
    await log.append(id, run, [{ $case: 'failed', value: { reason: 'NO_PHOTOS_FOUND', message: 'none' } }]);
    expect((await store.get(id)).collage.skipped).toMatchObject([{ reason: 'NO_LICENSE', count: 2 }]);
  });

  it('says in the collage why it failed', async () => {
    const { store, log, id, run } = await begun();
    await log.append(id, run, [{ $case: 'failed', value: { reason: 'NO_PHOTOS_FOUND', message: 'none' } }]);
    expect((await store.get(id)).collage).toMatchObject({
      prompt: 'a cat',
      state: State.FAILED,
      failureReason: 'NO_PHOTOS_FOUND',
      failureMessage: 'none',
    });
  });

  it('records the end of a stage once, and nothing of a second time', async () => {
    const { store, log, id, run } = await begun();
    const collage = Collage.create({ id, prompt: 'a cat', startScore: 0.5 });
    const finished = { stage: 'layouts', outputDigest: 'a'.repeat(64), namedDigests: [], collage } as const;
    const events: StageEvent[] = [
      { $case: 'stageFinished', value: { state: State.ARRANGING, durationSeconds: 1 } },
    ];
    await log.append(id, run, events, finished);
    await expect(log.append(id, run, events, finished)).rejects.toThrow('collage_stage_pkey');
    expect(await log.read(id, 1)).toHaveLength(1);
    expect(await log.finishedStages(id)).toEqual(new Map([['layouts', 'a'.repeat(64)]]));
    expect(await store.stageOutput(id, 'layouts')).toBe('a'.repeat(64));
    expect((await store.get(id)).collage.startScore).toBe(0.5);
    await expect(store.stageOutput(id, 'render')).rejects.toMatchObject({ reason: 'STAGE_NOT_KEPT' });
  });

  it('ends a cancelled collage at once: nothing is written after, and a second time says so', async () => {
    const { store, log, id, run } = await begun();
    expect(await log.cancel(id)).toBe(true);
    expect((await store.get(id)).collage.state).toBe(State.CANCELLED);
    expect(await log.cancel(id)).toBe(false);
    await expect(log.append(id, run, [progressed(1)])).rejects.toMatchObject({ reason: 'COLLAGE_ENDED' });
    await expect(log.beginRun(id)).rejects.toMatchObject({ reason: 'COLLAGE_ENDED' });
    expect((await log.read(id, 0)).map(({ event }) => event?.$case)).toEqual(['queued', 'cancelled']);
    await expect(log.cancel(id, 'another')).rejects.toMatchObject({ reason: 'COLLAGE_UNKNOWN' });
  });

  it('drops what stages of another version left: it could not be read', async () => {
    const { log, id } = await begun();
    const run = await log.beginRun(id, '1');
    const collage = Collage.create({ id });
    const output = { outputDigest: 'a'.repeat(64), namedDigests: [], collage };
    await log.append(id, run, [], { stage: 'keyphrases', ...output });
    await log.beginRun(id, '1');
    expect((await log.finishedStages(id)).size).toBe(1);
    await log.beginRun(id, '2');
    expect((await log.finishedStages(id)).size).toBe(0);
  });

  it('refuses what an earlier worker writes once another has taken over', async () => {
    const { log, id, run } = await begun();
    const later = await log.beginRun(id);
    await expect(log.append(id, run, [progressed(1)])).rejects.toMatchObject({
      reason: 'COLLAGE_TAKEN_OVER',
    });
    expect(await log.append(id, later, [progressed(2)])).toBe(2);
  });
});

describe.skipIf(!binaries)(`following events (${skipNote})`, { timeout: 120_000 }, () => {
  const sequences = (events: CollageEvent[]) => events.map(({ sequence }) => sequence);

  it('gives those there are and those to come, to the last, to many followers, from wherever they begin', async () => {
    const { log, id, run, stream, notifications } = await begun();
    await log.append(id, run, [progressed(1), progressed(2)]);
    const followers = [0, 1, 2, 5].map(async (after) => {
      const events: CollageEvent[] = [];
      for await (const event of stream.follow(id, after)) events.push(event);
      return sequences(events);
    });
    for (let index = 3; index < 299; index++) await log.append(id, run, [progressed(index)]);
    await log.cancel(id);
    const all = Array.from({ length: 300 }, (_, index) => index + 1);
    expect(await Promise.all(followers)).toEqual([0, 1, 2, 5].map((after) => all.slice(after)));
    // Of one that is over, and of none: no waiting.
    for await (const _ of stream.follow(id, 300)) throw new Error('nothing comes after the last');
    await notifications.close();
  });

  it('goes on where the connection that listens is cut: nothing is lost, nothing comes twice', async () => {
    const { log, id, run, stream, notifications, database } = await begun();
    await notifications.ready();
    const following = (async () => {
      const events: CollageEvent[] = [];
      for await (const event of stream.follow(id, 0)) events.push(event);
      return sequences(events);
    })();
    for (let index = 1; index <= 29; index++) {
      await log.append(id, run, [progressed(index)]);
      if (index % 10 === 0) await cutListener(database);
    }
    await log.cancel(id);
    expect(await following).toEqual(Array.from({ length: 31 }, (_, index) => index + 1));
    await notifications.close();
  });

  it('ends when the follower leaves, and when the collage is deleted', async () => {
    const { store, id, stream, notifications } = await begun();
    const leaving = new AbortController();
    const left = stream.follow(id, 1, leaving.signal).next();
    const deleted = stream.follow(id, 1).next();
    setTimeout(() => leaving.abort(new Error('gone')), 50);
    await expect(left).rejects.toThrow('gone');
    await store.delete(id);
    expect(await deleted).toEqual({ done: true, value: undefined });
    await notifications.close();
  });
});

/** Ends the server's side of the connection that listens. */
async function cutListener(database: Database): Promise<void> {
  const { pool } = await database.connect();
  await pool.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'collage: notifications'",
  );
}
