import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type pg from 'pg';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { binaries, skipNote, testDatabases } from '@collage/database/testing/test-databases.js';
import {
  type FakeInferenceServer,
  startFakeInferenceServer,
} from '@collage/inference/testing/fake-inference-server.js';
import { stageNames } from '@collage/pipeline/stage-steps.js';
import { Collage_State as State } from '@collage/proto/collage/v1/collage.js';
import { isCompiled } from './service.js';
import { smallRequest, storedCollages } from './stored-collages.js';

const open = storedCollages(testDatabases());
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const program = fileURLToPath(new URL('../../dist/apps/cli/src/database-command.js', import.meta.url));
/** What `npm run database -- …` runs, on the database of a DATA_DIR. */
const onDatabase = (data: string, ...args: string[]) =>
  promisify(execFile)(process.execPath, [program, ...args], {
    env: { ...process.env, DATA_DIR: data, DATABASE_URL: '' },
  });

/** All rows of all tables, DBOS's included, as text. */
async function contents(pool: pg.Pool): Promise<Record<string, string[]>> {
  const { rows: tables } = await pool.query<{ name: string }>(
    "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables " +
      "WHERE schemaname !~ '^pg_' AND schemaname <> 'information_schema' ORDER BY 1",
  );
  const found: Record<string, string[]> = {};
  for (const { name } of tables) {
    const { rows } = await pool.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t ORDER BY 1`);
    found[name] = rows.map(({ row }) => row);
  }
  return found;
}

describe.skipIf(!binaries || !isCompiled)(
  `a backup of the service (${skipNote}${isCompiled ? '' : '; skipped: not compiled'})`,
  { timeout: 300_000 },
  () => {
    it('restored elsewhere has the same collages, events, stages and queue, and what was waiting is made', async () => {
      const sidecar: FakeInferenceServer = await startFakeInferenceServer({ stepMilliseconds: 50 });
      ends.push(() => sidecar.stop());
      const from = await open();
      const { store, stream, log } = from;
      const worker = from.work([sidecar.address]);
      const finished = (await store.create({ ...smallRequest, idempotencyKey: 'one' })).record.id;
      await from.eventsOf(finished);
      const cancelled = (await store.create(smallRequest)).record.id;
      await log.cancel(cancelled, 'ann');
      // One that is cut off in its climb, and one behind it in the queue.
      const options = { ...smallRequest.options, iterationCount: 100 };
      const cut = (await store.create({ ...smallRequest, options, webhookUrl: 'https://example.org/' }))
        .record.id;
      for await (const { event } of stream.follow(cut, 0)) {
        if (event?.$case === 'optimized' && event.value.progress!.step >= 25) break;
      }
      const queued = (await store.create(smallRequest)).record.id;
      const { pool } = await from.database.connect();
      const statusOf = async (id: string) =>
        (await pool.query('SELECT status FROM dbos.workflow_status WHERE workflow_uuid = $1', [id])).rows[0]
          ?.status;
      await vi.waitFor(async () => expect(await statusOf(queued)).toBe('ENQUEUED'), 20_000);
      worker.process.kill('SIGKILL');
      await worker.exited;
      expect(await statusOf(cut)).toBe('PENDING');
      // And one that no worker has seen.
      const stored = (await store.create(smallRequest)).record.id;

      const file = join(await mkdtemp(join(tmpdir(), 'service-backup-')), 'service.backup');
      ends.push(() => rm(join(file, '..'), { recursive: true }));
      expect((await onDatabase(from.data, 'backup', file)).stdout).toMatch(/service\.backup: \d+ bytes/);
      const before = await contents(pool);
      for (const table of ['collage', 'collage_event', 'collage_stage', 'collage_checkpoint'])
        expect(before[`public.${table}`]).not.toEqual([]);
      expect(before['dbos.workflow_status']!.length).toBeGreaterThanOrEqual(3);
      expect(before['dbos.operation_outputs']!.length).toBeGreaterThanOrEqual(stageNames.length);

      const to = await open({ made: false });
      expect((await onDatabase(to.data, 'restore', file)).stdout).toContain('restored from');
      expect(await contents((await to.database.connect()).pool)).toEqual(before);
      // Not over what is there.
      await expect(onDatabase(to.data, 'restore', file)).rejects.toMatchObject({
        stderr: expect.stringMatching(/empty database.*collage: 5.*--replace/),
      });
      await onDatabase(to.data, 'restore', file, '--replace');
      const restored = await contents((await to.database.connect()).pool);
      expect(restored).toEqual(before);

      // The bytes are no part of the database: a copy of their folders.
      for (const folder of ['blobs', 'derived'])
        await cp(join(from.data, folder), join(to.data, folder), { recursive: true });
      to.work([sidecar.address]);
      for (const id of [cut, queued, stored]) {
        const events = await to.eventsOf(id);
        expect(events.at(-1)!.event?.$case).toBe('succeeded');
        expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
        expect(events.filter(({ event }) => event?.$case === 'stageFinished')).toHaveLength(
          stageNames.length,
        );
      }
      // What had been climbed before the backup was not climbed again, but for the steps after a checkpoint.
      const steps = (await to.log.read(cut, 0)).flatMap(({ event }) =>
        event?.$case === 'optimized' && event.value.state === State.OPTIMIZING
          ? [event.value.progress!.step]
          : [],
      );
      expect(new Set(steps).size).toBe(100);
      expect(steps.length).toBeLessThan(100 + 12);
      expect((await to.store.get(queued)).picture).toEqual((await to.store.get(finished)).picture);
      // A request that comes again is the same collage still.
      const again = await to.store.create({ ...smallRequest, idempotencyKey: 'one' });
      expect([again.record.id, again.added]).toEqual([finished, false]);
    });
  },
);
