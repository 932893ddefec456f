import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { NewCollage } from '@collage/collages/collage-store.js';
import { openCollages } from '@collage/collages/testing/open-collages.js';
import type { Database } from '@collage/database/database.js';
import { binaries, killServer, skipNote, testDatabases } from '@collage/database/testing/test-databases.js';
import { InferenceConnection } from '@collage/inference/connection.js';
import { startFakeInferenceServer } from '@collage/inference/testing/fake-inference-server.js';
import { folderSource } from '@collage/photos/sources/folder.js';
import { makeCollage } from '@collage/pipeline/make-collage.js';
import { stageNames } from '@collage/pipeline/stage-steps.js';
import { fakeTools } from '@collage/pipeline/testing/fake-tools.js';
import { Collage, Collage_State as State, type CollageEvent } from '@collage/proto/collage/v1/collage.js';
import { paintPhotos } from './painted-photos.js';
import { isCompiled, startWorker, type WorkerProcess } from './service.js';

const databases = testDatabases();
const request = {
  owner: 'ann',
  prompt: 'a red disk and a blue disk',
  options: {
    seed: 5,
    heightPixels: 64,
    layoutCount: 4,
    variationCount: -1,
    iterationCount: 60,
    patienceStepCount: -1,
    backgroundIterationCount: 2,
    cutoutCount: 3,
    photoCount: 4,
  },
} satisfies NewCollage;
/** The same with little to do. */
const small = { ...request, options: { ...request.options, iterationCount: 2, layoutCount: 1 } };

describe.skipIf(!binaries || !isCompiled)(
  `workers (${skipNote}${isCompiled ? '' : '; skipped: not compiled'})`,
  { timeout: 240_000 },
  () => {
    let sidecar: Awaited<ReturnType<typeof startFakeInferenceServer>>;
    let photos: string;
    let undisturbed: { collage: Collage; pictureDigest: string };
    const workers: WorkerProcess[] = [];
    let database: Database;
    let data: string;

    beforeAll(async () => {
      // Slow enough that a climb can be cut off in the middle: 60 steps are 3 seconds.
      sidecar = await startFakeInferenceServer({ stepMilliseconds: 50 });
      photos = await mkdtemp(join(tmpdir(), 'workers-photos-'));
      await paintPhotos(photos, 4);
      undisturbed = await makeHere();
    });
    afterAll(async () => {
      sidecar.stop();
      await rm(photos, { recursive: true });
    });
    afterEach(async () => {
      for (const { process } of workers) process.kill('SIGKILL');
      await Promise.all(workers.splice(0).map(({ exited }) => exited));
      await rm(data, { recursive: true });
    });

    /** The same request without database, queue and processes. */
    async function makeHere() {
      const folder = await mkdtemp(join(tmpdir(), 'workers-here-'));
      const connection = new InferenceConnection(sidecar.address);
      const tools = fakeTools(connection, [folderSource(photos)], folder);
      let pictureDigest = '';
      const making = makeCollage({ id: '', ...request }, tools);
      let step = await making.next();
      for (; !step.done; step = await making.next()) {
        if (step.value.event?.$case === 'rendered') pictureDigest = step.value.event.value.pictureDigest;
      }
      connection.close();
      await rm(folder, { recursive: true });
      return { collage: step.value, pictureDigest };
    }

    async function open() {
      const settings = await databases.settingsFor();
      data = await mkdtemp(join(tmpdir(), 'workers-data-'));
      // Where a worker with this data folder has its database.
      await symlink(settings.folder, join(data, 'postgres'));
      database = databases.open({ ...settings, folder: join(data, 'postgres') });
      return openCollages(database);
    }

    function work(args: string[] = [], env: Record<string, string> = {}): WorkerProcess {
      const worker = startWorker(
        database.settings,
        { DATA_DIR: data, INFERENCE_ADDRESSES: sidecar.address, PHOTOS_DIR: photos, ...env },
        args,
      );
      workers.push(worker);
      return worker;
    }

    type Collages = Awaited<ReturnType<typeof open>>;

    /** All events of a collage, to its last. */
    async function eventsOf({ stream }: Collages, id: string): Promise<CollageEvent[]> {
      const events: CollageEvent[] = [];
      for await (const event of stream.follow(id, 0)) events.push(event);
      return events;
    }

    /** Waits until a collage tells of a step of its climb that is at least this. */
    async function climbedTo({ stream }: Collages, id: string, step: number): Promise<void> {
      for await (const { event } of stream.follow(id, 0)) {
        if (event?.$case === 'optimized' && event.value.progress!.step >= step) return;
      }
      throw new Error('it ended before');
    }

    async function expectAsUndisturbed({ store }: Collages, id: string): Promise<void> {
      const { collage, picture } = await store.get(id);
      expect(Collage.toJSON({ ...collage, id: '' })).toEqual(Collage.toJSON(undisturbed.collage));
      expect(picture!.digest).toBe(undisturbed.pictureDigest);
    }

    const finishedStages = (events: CollageEvent[]) =>
      events.filter(({ event }) => event?.$case === 'stageFinished').length;

    /** Numbers of the events that say that it waits for a worker. */
    const queuedAt = (events: CollageEvent[]) =>
      events.flatMap(({ sequence, event }) => (event?.$case === 'queued' ? [sequence] : []));

    it('make the collage that the pipeline makes, told event by event', async () => {
      const collages = await open();
      const { id } = (await collages.store.create(request)).record;
      const worker = work();
      const events = await eventsOf(collages, id);
      expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
      expect(events.at(-1)!.event?.$case).toBe('succeeded');
      expect(queuedAt(events)).toEqual([1]);
      expect(events[1]!.event?.$case).toBe('stageStarted');
      expect(finishedStages(events)).toBe(stageNames.length);
      await expectAsUndisturbed(collages, id);
      await worker.wrote(({ message, collageId }) => message === 'collage succeeded' && collageId === id);

      // Stopped while it has nothing to do, it is gone at once.
      worker.process.kill('SIGTERM');
      expect(await worker.exited).toBe(0);
      await collages.notifications.close();
    });

    it('take over from one that is killed, mid-climb, and from one that is told to stop: to the same collage', async () => {
      const collages = await open();
      const { id } = (await collages.store.create(request)).record;
      const killed = work();
      await climbedTo(collages, id, 25);
      killed.process.kill('SIGKILL');
      const second = work();
      await climbedTo(collages, id, 45);
      second.process.stdin!.end();
      second.process.kill('SIGTERM');
      expect(await second.exited).toBe(0);
      work();
      const events = await eventsOf(collages, id);
      expect(events.at(-1)!.event?.$case).toBe('succeeded');
      expect(finishedStages(events)).toBe(stageNames.length);
      const steps = events.flatMap(({ event }) =>
        event?.$case === 'optimized' && event.value.state === State.OPTIMIZING
          ? [event.value.progress!.step]
          : [],
      );
      // The climb went on from checkpoints: few steps were taken twice.
      expect(steps.length).toBeLessThan(60 + 2 * 12);
      expect(new Set(steps).size).toBe(60);
      await expectAsUndisturbed(collages, id);
      await collages.notifications.close();
    });

    it('stop at once when the collage is cancelled, and go on with the next', async () => {
      const collages = await open();
      const { id } = (await collages.store.create(request)).record;
      const next = (await collages.store.create(small)).record.id;
      const worker = work();
      await climbedTo(collages, id, 5);
      await collages.log.cancel(id, 'ann');
      const cancelledAt = performance.now();
      await worker.wrote(({ message, collageId }) => message === 'collage cancelled' && collageId === id);
      // A step takes 50 ms; the climb would have taken three seconds more.
      expect(performance.now() - cancelledAt).toBeLessThan(2_000);
      const events = await eventsOf(collages, id);
      expect(events.at(-1)!.event?.$case).toBe('cancelled');
      expect((await eventsOf(collages, next)).at(-1)!.event?.$case).toBe('succeeded');
      expect((await collages.store.get(id)).eventCount).toBe(events.length);
      await collages.notifications.close();
    });

    it('wait while the sidecar is away, say so, and go on', async () => {
      const collages = await open();
      const { id } = (await collages.store.create(small)).record;
      const worker = work([], { INFERENCE_ADDRESSES: '127.0.0.1:1' });
      const { reason } = await worker.wrote(({ reason: why }) => why !== undefined);
      expect(reason).toBe('SIDECAR_UNREACHABLE');
      const told: CollageEvent[] = [];
      for await (const event of collages.stream.follow(id, 0)) {
        told.push(event);
        if (event.event?.$case === 'waiting') break;
      }
      expect(told.at(-1)!.event!.value).toMatchObject({ reason, state: State.FINDING_PHOTOS });
      worker.process.kill('SIGKILL');
      work();
      expect((await eventsOf(collages, id)).at(-1)!.event?.$case).toBe('succeeded');
      await collages.notifications.close();
    });

    it('fail a collage that cannot be made, and say why', async () => {
      const collages = await open();
      const { id } = (await collages.store.create({ ...small, prompt: 'to be or not to be' })).record;
      work();
      const events = await eventsOf(collages, id);
      expect(events.at(-1)!.event).toMatchObject({ $case: 'failed', value: { reason: 'PROMPT_EMPTY' } });
      expect((await collages.store.get(id)).collage.failureReason).toBe('PROMPT_EMPTY');
      await collages.notifications.close();
    });

    it('begin anew what a version left of which no worker is there any more', async () => {
      const collages = await open();
      const ids = [
        (await collages.store.create(request)).record.id,
        (await collages.store.create(small)).record.id,
      ];
      const old = work(['--stage-version', 'old']);
      await climbedTo(collages, ids[0]!, 5);
      const current = work();
      // While the old one lives it keeps its own.
      await current.wrote(({ message }) => message === 'the worker is ready');
      await climbedTo(collages, ids[0]!, 30);
      expect(current.log.filter(({ stage }) => stage !== undefined)).toEqual([]);
      old.process.kill('SIGKILL');
      for (const id of ids) {
        const events = await eventsOf(collages, id);
        expect(events.at(-1)!.event?.$case).toBe('succeeded');
        expect(queuedAt(events)).toEqual([1]);
      }
      await expectAsUndisturbed(collages, ids[0]!);
      await collages.notifications.close();
    });

    it('go on after the database was killed', async () => {
      const collages = await open();
      const { id } = (await collages.store.create(request)).record;
      const worker = work();
      await climbedTo(collages, id, 15);
      await killServer(join(data, 'postgres', 'data'));
      // Whoever needs it first starts it again.
      const isDone = () => collages.store.get(id).then(({ finishedAt }) => finishedAt !== undefined);
      while (!(await isDone().catch(() => false))) await new Promise((resolve) => setTimeout(resolve, 200));
      const events = await eventsOf(collages, id);
      expect(events.at(-1)!.event?.$case).toBe('succeeded');
      expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
      expect(finishedStages(events)).toBe(stageNames.length);
      await expectAsUndisturbed(collages, id);
      expect(worker.process.exitCode).toBeNull();
      await collages.notifications.close();
    });

    it('make a hundred collages of three owners, none lost, each owner’s turn as often as the others’', async () => {
      const collages = await open();
      const { pool } = await database.connect();
      const first = work();
      const base = (await collages.store.create(small)).record.id;
      await eventsOf(collages, base);
      first.process.kill('SIGKILL');
      await first.exited;
      // Drawn anew from the first one's scene: little work each. Ninety of ann's wait when the others come.
      const origin = {
        collageId: base,
        stage: 'render',
        baseDigest: await collages.store.stageOutput(base, 'optimize'),
      } as const;
      const counts = { ann: 90, bob: 5, carl: 5 };
      for (const [owner, count] of Object.entries(counts)) {
        for (let index = 0; index < count; index++) {
          await collages.store.create({
            ...small,
            owner,
            options: { ...small.options, heightPixels: 64 + index },
            origin,
          });
        }
      }
      const left = async () =>
        Number((await pool.query('SELECT count(*) FROM collage WHERE finished_at IS NULL')).rows[0].count);
      const killed = work();
      work();
      while ((await left()) > 60) await new Promise((resolve) => setTimeout(resolve, 100));
      killed.process.kill('SIGKILL');
      work();
      while ((await left()) > 0) await new Promise((resolve) => setTimeout(resolve, 200));
      const { rows } = await pool.query<{ owner: string; state: string; height: number }>(
        'SELECT owner, state, picture_height AS height FROM collage WHERE parent_id IS NOT NULL ORDER BY started_at, turn',
      );
      expect(rows.map(({ state }) => state)).toEqual(Array.from({ length: 100 }, () => 'STATE_SUCCEEDED'));
      expect(
        rows
          .filter(({ owner }) => owner === 'ann')
          .map(({ height }) => height)
          .sort((a, b) => a - b),
      ).toEqual(Array.from({ length: 90 }, (_, index) => 64 + index));
      // Bob and carl wait for one of ann's at each turn, not for ninety; two workers may start a pair out of order.
      const early = rows.slice(0, 18).map(({ owner }) => owner);
      expect(early.filter((owner) => owner === 'bob')).toHaveLength(5);
      expect(early.filter((owner) => owner === 'carl')).toHaveLength(5);
      const { rows: wrong } = await pool.query(
        `SELECT collage_id FROM collage_event JOIN collage ON collage.id = collage_id
         WHERE parent_id IS NOT NULL AND body->>'stageFinished' IS NOT NULL GROUP BY collage_id HAVING count(*) <> 2`,
      );
      expect(wrong).toEqual([]);
      await collages.notifications.close();
    });
  },
);
