import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { credentials, hasMoto, startMoto } from '@collage/blobs/testing/start-moto.js';
import { startRelay } from '@collage/inference/testing/relay.js';
import { paintPhotos } from '../e2e/painted-photos.js';
import { faketimeLibrary } from './faketime.js';
import { startFakeSidecars, type TestSidecars } from './sidecars.js';
import { smallDisk } from './small-disk.js';
import { serviceMissing, TestService, type TestServiceSettings } from './test-service.js';
import { expectToWaitAndGoOn } from './waits-and-goes-on.js';

const STEP_MILLISECONDS = 200;

describe.skipIf(serviceMissing)(
  `a collage waits while something is away, and goes on (${serviceMissing ?? 'fake sidecars'})`,
  { timeout: 600_000 },
  () => {
    let photos: string;
    let sidecars: TestSidecars;
    let service: TestService | undefined;
    beforeAll(async () => {
      photos = await mkdtemp(join(tmpdir(), 'faults-photos-'));
      await paintPhotos(photos, 8);
      sidecars = await startFakeSidecars(1, STEP_MILLISECONDS);
    });
    afterEach(async ({ task }) => {
      const isWell = task.result?.state !== 'fail';
      if (service && !isWell) console.log(`the logs are in ${service.logFolder}`);
      await service?.remove({ keepLogs: !isWell });
      service = undefined;
    });
    afterAll(async () => {
      await sidecars.stop();
      await rm(photos, { recursive: true });
    });

    async function start(settings: Partial<TestServiceSettings> = {}): Promise<TestService> {
      const given = { workers: 1, apis: 1, sidecars: sidecars.addresses, photos, ...settings };
      service = await TestService.start(given);
      return service;
    }

    it.skipIf(!hasMoto).each([
      { when: 'in the climb', states: ['STATE_OPTIMIZING'] },
      {
        when: 'while photos are looked for',
        // At the end of the stage before: reading and storing the photos takes longer than this news.
        beginsAt: (event: any) => event.stageFinished?.state === 'STATE_FINDING_KEYPHRASES',
        states: ['STATE_FINDING_PHOTOS'],
      },
    ])('S3 is down, $when', async ({ beginsAt, states }) => {
      const moto = await startMoto('collages');
      // What a store that is down keeps, moto would lose: so the way to it is cut.
      const relay = await startRelay(moto.endpoint.replace('http://', ''));
      try {
        const running = await start({
          env: { BLOB_URL: `s3://collages/?endpoint=http://${relay.address}`, ...credentials },
        });
        const waitedIn = await expectToWaitAndGoOn(running, {
          begin: relay.die,
          beginsAt,
          end: relay.revive,
          reasons: ['BLOB_STORE_UNREACHABLE'],
        });
        expect(waitedIn).toEqual(states);
      } finally {
        relay.die();
        await moto.stop();
      }
    });

    it('PostgreSQL hangs', async () => {
      const running = await start();
      await expectToWaitAndGoOn(running, {
        begin: () => running.signalDatabase('SIGSTOP'),
        end: () => running.signalDatabase('SIGCONT'),
        lastsMilliseconds: 15_000,
        reasons: ['DATABASE_UNREACHABLE'],
      });
    });

    it('PostgreSQL is killed, and its program is not there for a while', async () => {
      const running = await start();
      const folder = join(running.data, 'postgres', 'data');
      await expectToWaitAndGoOn(running, {
        async begin() {
          // A server that cannot start: its configuration is not to be read.
          execFileSync('mv', [join(folder, 'postgresql.conf'), join(folder, 'postgresql.conf.away')]);
          await running.killDatabase();
        },
        end: () =>
          execFileSync('mv', [join(folder, 'postgresql.conf.away'), join(folder, 'postgresql.conf')]),
        lastsMilliseconds: 10_000,
        reasons: ['DATABASE_UNREACHABLE', 'DATABASE_START_FAILED'],
      });
    });

    it('the sidecar hangs', async () => {
      const running = await start();
      const [sidecar] = sidecars.programs;
      await expectToWaitAndGoOn(running, {
        begin: () => sidecar!.signal('SIGSTOP'),
        end: () => sidecar!.signal('SIGCONT'),
        reasons: ['SIDECAR_UNREACHABLE'],
      });
    });

    it.skipIf(!smallDisk.canMount)('the disk is full', async () => {
      const disk = await smallDisk.mount(160);
      try {
        const running = await start({ data: disk.folder });
        await expectToWaitAndGoOn(running, {
          begin: disk.fill,
          end: disk.free,
          reasons: ['DISK_FULL', 'BLOB_STORE_FULL', 'DATABASE_UNREACHABLE', 'DATABASE_START_FAILED'],
        });
        await service!.remove();
      } finally {
        service = undefined;
        await disk.unmount();
      }
    });

    it.skipIf(!existsSync(faketimeLibrary ?? ''))(
      `the clock jumps a day ahead, and two days back${faketimeLibrary ? '' : ' (skipped: no libfaketime)'}`,
      async () => {
        const clock = join(photos, '..', `faults-clock-${process.pid}`);
        await writeFile(clock, '+0d');
        const running = await start({
          env: {
            LD_PRELOAD: faketimeLibrary!,
            FAKETIME_TIMESTAMP_FILE: clock,
            FAKETIME_NO_CACHE: '1',
            // A wall clock that is set moves no monotonic one.
            DONT_FAKE_MONOTONIC: '1',
            FAKETIME_DONT_FAKE_MONOTONIC: '1',
          },
        });
        await expectToWaitAndGoOn(running, {
          async begin() {
            await writeFile(clock, '+1d');
            await sleep(1_500);
            await writeFile(clock, '-1d');
          },
          end: () => writeFile(clock, '+0d'),
          lastsMilliseconds: 3_000,
          reasons: [],
        });
        const times = await running.query<{ first: Date; last: Date }>(
          'SELECT min(created_at) AS first, max(created_at) AS last FROM collage_event',
        );
        // It did jump.
        expect(times[0]!.last.getTime() - times[0]!.first.getTime()).toBeGreaterThan(80_000_000);
        await rm(clock);
      },
    );
  },
);
