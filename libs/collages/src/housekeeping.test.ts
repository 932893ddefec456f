import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { FolderBlobStore } from '@collage/blobs/blob-store.js';
import { DerivedStore } from '@collage/blobs/derived-store.js';
import { FolderObjects } from '@collage/blobs/folder-objects.js';
import { binaries, skipNote, testDatabases } from '@collage/database/testing/test-databases.js';
import { resolveOptions } from '@collage/pipeline/resolve-options.js';
import type { StageName } from '@collage/pipeline/stage-steps.js';
import { Collage, Collage_State as State } from '@collage/proto/collage/v1/collage.js';
import { Cutout } from '@collage/proto/collage/v1/photo.js';
import { Scene } from '@collage/proto/collage/v1/scene.js';
import { withEditedScene } from './edited-scene.js';
import { keepHouse, type Retention } from './housekeeping.js';
import { madeAgain } from './made-again.js';
import { ReprievingBlobs } from './reprieving-blobs.js';
import { STAGE_VERSION } from './stage-version.js';
import { openCollages } from './testing/open-collages.js';
import { getUnfinished, putUnfinished } from './unfinished-in-blobs.js';

const databases = testDatabases();
const HOUR = 3_600_000;
const MINUTE = 60_000;
const DAY = 24 * HOUR;
const keepAll: Retention = { eventDays: 0, stageDays: 0, collageDays: 0, unusedHours: 10, budgetBytes: 0 };

async function open() {
  const database = databases.open(await databases.settingsFor());
  const collages = openCollages(database);
  const { clock, store, log } = collages;
  const blobs = new FolderBlobStore(join(await databases.folder(), 'blobs'));
  const derived = new DerivedStore(new FolderObjects(await databases.folder()));
  const stores = { blobs, derived };
  const put = (text: string) => blobs.put(Buffer.from(text));
  const keep = (retention: Partial<Retention> = {}, everyMilliseconds = 0) =>
    keepHouse(
      database,
      stores,
      { ...keepAll, ...retention },
      { everyMilliseconds, now: new Date(clock.time) },
    );
  /** A collage that has ended, with a picture, a cut-out, and what a stage left, which names a spare cut-out. */
  async function ended() {
    const { id } = (await store.create({ owner: '', prompt: 'a cat', options: {} })).record;
    const run = await log.beginRun(id);
    const names = ['picture', 'cutout', 'output', 'spare'] as const;
    const digests = Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await put(`${name} of ${id}`)])),
    ) as Record<(typeof names)[number], string>;
    const collage = Collage.create({
      id,
      prompt: 'a cat',
      cutouts: [Cutout.create({ digest: digests.cutout })],
    });
    const output = { outputDigest: digests.output, namedDigests: [digests.spare], collage };
    const rendered = { pictureDigest: digests.picture, mediaType: 'image/png', width: 3, height: 2 };
    await log.append(
      id,
      run,
      [
        { $case: 'stageStarted', value: { state: State.RENDERING } },
        { $case: 'rendered', value: rendered },
        { $case: 'succeeded', value: { collage } },
      ],
      { stage: 'credits', ...output },
    );
    return { id, ...digests };
  }
  /** A collage that has ended, with what each stage before `optimize` left: a cut-out, and one to exchange it for. */
  async function laidOut() {
    const { id } = (await store.create({ owner: '', prompt: 'a cat', options: {} })).record;
    const run = await log.beginRun(id, STAGE_VERSION);
    const [cutout, spare] = [await put(`cutout of ${id}`), await put(`spare of ${id}`)];
    const options = resolveOptions({});
    const scene = Scene.create({
      aspectRatio: 1.5,
      background: { stops: [{ color: {} }] },
    });
    const collage = Collage.create({
      id,
      prompt: 'a cat',
      options,
      scene,
      license: {},
      cutouts: [Cutout.create({ digest: cutout })],
    });
    const work = { collage, options, sparePhotos: [], spentSeconds: 0, rendered: undefined };
    const spareCutouts = [Cutout.create({ digest: spare })];
    for (const [index, stage] of (['background', 'layouts'] as StageName[]).entries()) {
      const kept = await putUnfinished(blobs, { ...work, spareCutouts, spentSeconds: index });
      const state = State.OPTIMIZING;
      await log.append(id, run, [{ $case: 'stageStarted', value: { state } }], { stage, collage, ...kept });
    }
    await log.append(id, run, [{ $case: 'succeeded', value: { collage } }]);
    return { id, cutout, spare, scene };
  }
  /** Pictures of other sizes. */
  const pictures = {
    async ask(id: string, height: number, digest?: string) {
      const { pool } = await database.connect();
      await pool.query('INSERT INTO collage_picture VALUES ($1, $2, $3, $4, NULL, $5)', [
        id,
        height,
        'image/png',
        digest ?? null,
        new Date(clock.time),
      ]);
    },
    async draw(id: string, height: number, bytes = 10) {
      const digest = await put(String(height).padEnd(bytes));
      await pictures.ask(id, height, digest);
      return digest;
    },
    async heights() {
      const { pool } = await database.connect();
      const { rows } = await pool.query('SELECT height FROM collage_picture ORDER BY height');
      return rows.map(({ height }) => height as number);
    },
  };
  /** Hourly rounds. */
  async function keepFor(hours: number, retention?: Partial<Retention>) {
    for (; hours > 0; hours--) {
      clock.time += HOUR;
      await keep(retention);
    }
  }
  const missing = async (digests: string[]) => {
    const there = await Promise.all(digests.map((digest) => blobs.has(digest)));
    return digests.filter((_, index) => !there[index]);
  };
  return {
    ...collages,
    database,
    blobs,
    derived,
    stores,
    put,
    keep,
    ended,
    pictures,
    laidOut,
    keepFor,
    missing,
  };
}

describe.skipIf(!binaries)(`housekeeping (${skipNote})`, { timeout: 120_000 }, () => {
  it('deletes blobs that no collage names, once that was so for long enough', async () => {
    const { clock, blobs, put, keep, ended } = await open();
    const { picture, cutout, output, spare } = await ended();
    const unnamed = await put('found and not used');
    expect(await keep()).toMatchObject({ deletedCount: 0 });
    clock.time += 9 * HOUR;
    expect(await keep()).toMatchObject({ deletedCount: 0 });
    clock.time += HOUR;
    expect(await keep()).toMatchObject({ deletedCount: 1, deletedBytes: 18 });
    expect(await blobs.has(unnamed)).toBe(false);
    for (const digest of [picture, cutout, output, spare]) expect(await blobs.has(digest)).toBe(true);
  });

  it('spares what is used again before its time has come', async () => {
    const { clock, database, blobs, put, keep } = await open();
    const reprieving = new ReprievingBlobs(blobs, database);
    const [looked, again, left] = [await put('looked for'), await put('put again'), await put('left')];
    await keep();
    clock.time += 10 * HOUR;
    expect(await reprieving.has(looked)).toBe(true);
    await reprieving.put(Buffer.from('put again'));
    expect(await keep()).toMatchObject({ deletedCount: 1 });
    expect([await blobs.has(looked), await blobs.has(again), await blobs.has(left)]).toEqual([
      true,
      true,
      false,
    ]);
    // From here on it is as if they had just come.
    clock.time += 9 * HOUR;
    expect(await keep()).toMatchObject({ deletedCount: 0 });
    clock.time += HOUR;
    expect(await keep()).toMatchObject({ deletedCount: 2 });
  });

  it('never deletes what somebody puts at the same time', async () => {
    const { clock, database, blobs, put, keep } = await open();
    const reprieving = new ReprievingBlobs(blobs, database);
    const texts = Array.from({ length: 60 }, (_, index) => `blob ${index}`);
    for (const text of texts) await put(text);
    await keep();
    clock.time += 10 * HOUR;
    const sweeping = keep();
    const digests = await Promise.all(texts.map((text) => reprieving.put(Buffer.from(text))));
    await sweeping;
    for (const digest of digests) expect(await blobs.has(digest)).toBe(true);
  });

  it('keeps events, stages and collages as long as it is told to, and then clears them with their blobs', async () => {
    const { clock, store, log, blobs, keep, ended } = await open();
    const { id, picture, cutout, output, spare } = await ended();
    const waiting = (await store.create({ owner: '', prompt: 'a dog', options: {} })).record.id;
    const retention = { eventDays: 2, stageDays: 3, collageDays: 5 };
    clock.time += DAY;
    expect(await keep(retention)).toMatchObject({ events: 0, stages: 0, collages: 0 });
    clock.time += DAY + 1;
    expect(await keep(retention)).toMatchObject({ events: 3, stages: 0, collages: 0 });
    // How it ended is still told.
    expect((await log.read(id, 0)).map(({ event }) => event?.$case)).toEqual(['succeeded']);
    clock.time += DAY;
    expect(await keep(retention)).toMatchObject({ events: 0, stages: 1, collages: 0 });
    clock.time += DAY;
    expect(await keep(retention)).toMatchObject({ deletedCount: 2 });
    expect([await blobs.has(output), await blobs.has(spare)]).toEqual([false, false]);
    expect([await blobs.has(picture), await blobs.has(cutout)]).toEqual([true, true]);
    clock.time += DAY;
    expect(await keep(retention)).toMatchObject({ collages: 1 });
    await expect(store.get(id)).rejects.toMatchObject({ reason: 'COLLAGE_UNKNOWN' });
    // One that waits is not old, however long it waits.
    clock.time += 400 * DAY;
    await keep(retention);
    expect((await store.get(waiting)).collage.state).toBe(State.QUEUED);
    expect(await blobs.has(picture)).toBe(false);
  });

  it('makes room before its time where the budget is exceeded, and never of what a collage shows', async () => {
    const { clock, blobs, put, keep, ended } = await open();
    const { picture, cutout, output } = await ended();
    const old = await put('o'.repeat(1000));
    await keep();
    clock.time += 3 * HOUR;
    const fresh = await put('f'.repeat(1000));
    const budgetBytes = 1_500;
    expect(await keep({ budgetBytes })).toMatchObject({ deletedCount: 1, isOverBudget: false });
    expect([await blobs.has(old), await blobs.has(fresh)]).toEqual([false, true]);
    expect(await keep({ budgetBytes: 10 })).toMatchObject({ stages: 1, isOverBudget: true });
    await keep({ budgetBytes: 10 });
    clock.time += 3 * HOUR;
    expect(await keep({ budgetBytes: 10 })).toMatchObject({ deletedCount: 3, isOverBudget: true });
    expect([await blobs.has(picture), await blobs.has(cutout), await blobs.has(output)]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('keeps pictures of other sizes, and what models computed, as long as what stages left', async () => {
    const { clock, blobs, derived, pictures, keep, keepFor, ended } = await open();
    const { id, picture } = await ended();
    const drawn = await pictures.draw(id, 100);
    await pictures.ask(id, 101);
    await derived.put('text', 'model', 'a'.repeat(64), Buffer.from('vector'));
    // The time of a file is the system's.
    clock.time = Date.now();
    const asked = await pictures.draw(id, 102);
    const retention = { stageDays: 3 };
    clock.time += 2.9 * DAY;
    expect(await keep(retention)).toMatchObject({ pictures: 1, derived: 0, derivedBytes: 38 });
    clock.time += DAY;
    expect(await keep(retention)).toMatchObject({ pictures: 1, derived: 1, derivedBytes: 0 });
    await keepFor(12, retention);
    expect([await blobs.has(drawn), await blobs.has(asked), await blobs.has(picture)]).toEqual([
      false,
      false,
      true,
    ]);
    // One that was asked for and not drawn is waited for.
    expect(await pictures.heights()).toEqual([101]);
  });

  it('makes room of pictures of other sizes first, the older half in each round, and of no more than it must', async () => {
    const { clock, store, blobs, pictures, keep, keepFor, ended } = await open();
    const { id, output } = await ended();
    for (let height = 1; height <= 9; height++) {
      await pictures.draw(id, height, 1000);
      clock.time += MINUTE;
    }
    // What is asked for now is not drawn for nothing.
    expect(await keep({ budgetBytes: 1 })).toMatchObject({ pictures: 0, isOverBudget: true });
    const other = await ended();
    await keepFor(3);
    const budgetBytes = 3_500;
    expect(await keep({ budgetBytes })).toMatchObject({ pictures: 5, stages: 0, isOverBudget: true });
    expect(await pictures.heights()).toEqual([6, 7, 8, 9]);
    await keepFor(1, { budgetBytes });
    expect(await pictures.heights()).toEqual([8, 9]);
    // What waits to be deleted does not count.
    await keepFor(4, { budgetBytes });
    expect(await pictures.heights()).toEqual([8, 9]);
    expect(await keep({ budgetBytes })).toMatchObject({ pictures: 0, stages: 0, isOverBudget: false });
    expect(await blobs.has(other.output)).toBe(true);
    expect(await blobs.has(output)).toBe(false);
    expect((await store.get(id)).picture).toBeDefined();
  });

  it('keeps all that a waiting collage begins with, though the one it goes on from is deleted', async () => {
    const { store, blobs, laidOut, keepFor, missing } = await open();
    const parent = await laidOut();
    const other = await laidOut();
    const record = await store.get(parent.id);
    const again = await madeAgain(record, 'optimize', {}, store, blobs);
    const rerun = (await store.create({ owner: '', ...again })).record;
    const edited = await withEditedScene(await store.get(other.id), other.scene, blobs);
    const redrawn = (await store.create({ owner: '', ...edited })).record;
    await store.delete(parent.id);
    await store.delete(other.id);
    await keepFor(25);
    expect(await missing([parent.cutout, parent.spare, other.cutout])).toEqual([]);
    expect((await getUnfinished(blobs, rerun.origin!.baseDigest)).spareCutouts[0]!.digest).toBe(parent.spare);
    expect((await getUnfinished(blobs, redrawn.origin!.baseDigest)).collage.cutouts).toHaveLength(1);
    // What an edited scene does not need goes.
    expect(await missing([other.spare])).toEqual([other.spare]);
  });

  it('keeps all that a waiting collage begins with, though there is no room', async () => {
    const { store, blobs, laidOut, keepFor, missing } = await open();
    const [parent, other] = [await laidOut(), await laidOut()];
    const again = await madeAgain(await store.get(parent.id), 'layouts', {}, store, blobs);
    const rerun = (await store.create({ owner: '', ...again })).record;
    await keepFor(8, { budgetBytes: 10 });
    expect(await missing([parent.spare, rerun.origin!.baseDigest])).toEqual([]);
    expect(await missing([other.spare])).toEqual([other.spare]);
  });

  it('lets go of what a collage began with when it forgets its stages, and it is not gone on from any more', async () => {
    const { clock, store, log, blobs, laidOut, keepFor, missing } = await open();
    const parent = await laidOut();
    const again = await madeAgain(await store.get(parent.id), 'layouts', {}, store, blobs);
    const { id, origin } = (await store.create({ owner: '', ...again })).record;
    await store.delete(parent.id);
    await log.cancel(id);
    const retention = { stageDays: 2 };
    await keepFor(24, retention);
    const third = await madeAgain(await store.get(id), 'layouts', {}, store, blobs);
    expect(third.origin).toMatchObject({ collageId: id, stage: 'layouts' });
    clock.time += 2 * DAY;
    await keepFor(12, retention);
    const gone = [parent.cutout, parent.spare, origin!.baseDigest];
    expect(await missing(gone)).toEqual(gone);
    await expect(madeAgain(await store.get(id), 'layouts', {}, store, blobs)).rejects.toMatchObject({
      reason: 'STAGE_NOT_KEPT',
    });
  });

  it('is done by one at a time', async () => {
    const { database, keep } = await open();
    const { pool } = await database.connect();
    const client = await pool.connect();
    await client.query('SELECT pg_advisory_lock(7305014)');
    expect(await keep()).toBeUndefined();
    await client.query('SELECT pg_advisory_unlock(7305014)');
    client.release();
    expect(await keep()).toBeDefined();
  });

  it('is not done again before its time, whoever did it, save where the clock was wrong', async () => {
    const { clock, keep } = await open();
    const hourly = () => keep({}, HOUR);
    expect(await hourly()).toBeDefined();
    clock.time += HOUR - 1;
    expect(await hourly()).toBeUndefined();
    clock.time += 1;
    expect(await hourly()).toBeDefined();
    // Clocks that are right differ by less than some minutes.
    clock.time -= 5 * MINUTE;
    expect(await hourly()).toBeUndefined();
    clock.time -= 100 * HOUR;
    expect(await hourly()).toBeDefined();
    expect(await hourly()).toBeUndefined();
  });

  it('leaves to the next who looks what one failed to do', async () => {
    const { database, clock, blobs, derived, keep } = await open();
    const broken = Object.assign(Object.create(blobs), {
      // eslint-disable-next-line require-yield
      async *list() {
        throw new Error('the store is away');
      },
    }) as typeof blobs;
    const rhythm = () => ({ everyMilliseconds: HOUR, now: new Date(clock.time) });
    const failing = () => keepHouse(database, { blobs: broken, derived }, keepAll, rhythm());
    await expect(failing()).rejects.toThrow('the store is away');
    clock.time += MINUTE;
    expect(await keep({}, HOUR)).toBeDefined();
    // Of a round that succeeded a failure takes nothing back.
    clock.time += HOUR;
    await expect(failing()).rejects.toThrow('the store is away');
    clock.time -= MINUTE;
    expect(await keep({}, HOUR)).toBeUndefined();
    clock.time += MINUTE;
    expect(await keep({}, HOUR)).toBeDefined();
  });

  it('goes by the clock of the database, whatever those of the workers say', async () => {
    const { database, stores } = await open();
    const hourly = () => keepHouse(database, stores, keepAll, { everyMilliseconds: HOUR });
    const { pool } = await database.connect();
    const began = await hourly();
    const { rows } = await pool.query(
      "SELECT kept_at, now() - kept_at < interval '1 minute' AS fresh FROM housekeeping",
    );
    expect(rows).toEqual([{ kept_at: began!.at, fresh: true }]);
    for (const days of [1, -1]) {
      vi.setSystemTime(Date.now() + days * DAY);
      expect(await hourly()).toBeUndefined();
      vi.useRealTimers();
    }
    await pool.query("UPDATE housekeeping SET kept_at = now() - interval '61 minutes'");
    expect(await hourly()).toBeDefined();
  });
});
