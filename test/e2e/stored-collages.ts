import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { NewCollage } from '@collage/collages/collage-store.js';
import { openCollages } from '@collage/collages/testing/open-collages.js';
import type { Database } from '@collage/database/database.js';
import type { testDatabases } from '@collage/database/testing/test-databases.js';
import type { CollageEvent } from '@collage/proto/collage/v1/collage.js';
import { paintPhotos } from './painted-photos.js';
import { startWorker, type WorkerProcess } from './service.js';

/** A collage of four painted photos that takes a fake sidecar a moment. */
export const smallRequest = {
  owner: 'ann',
  prompt: 'a red disk and a blue disk',
  options: {
    seed: 5,
    heightPixels: 64,
    layoutCount: 1,
    variationCount: -1,
    iterationCount: 2,
    patienceStepCount: -1,
    backgroundIterationCount: 2,
    cutoutCount: 3,
    photoCount: 4,
  },
} satisfies NewCollage;

/** The store of a service, and workers on it: processes of the compiled program. */
export interface StoredCollages extends ReturnType<typeof openCollages> {
  database: Database;
  /** DATA_DIR of the workers. */
  data: string;
  /** Starts a worker on these sidecars; `env` are more settings. */
  work(sidecarAddresses: readonly string[], env?: Record<string, string>): WorkerProcess;
  /** All events of a collage, to its last. */
  eventsOf(id: string): Promise<CollageEvent[]>;
}

/** Opens stores with a database and a DATA_DIR of their own; after each test they are closed, and their workers dead. */
export function storedCollages(databases: ReturnType<typeof testDatabases>) {
  const ends: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });
  return async ({ made = true } = {}): Promise<StoredCollages> => {
    const settings = await databases.settingsFor({ made });
    const data = await mkdtemp(join(tmpdir(), 'stored-collages-'));
    ends.push(() => rm(data, { recursive: true }));
    // Where a worker with this data folder has its database.
    await symlink(settings.folder, join(data, 'postgres'));
    const photos = join(data, 'own-photos');
    await paintPhotos(photos, 4);
    const database = databases.open({ ...settings, folder: join(data, 'postgres') });
    const collages = openCollages(database);
    ends.push(() => collages.notifications.close());
    return {
      ...collages,
      database,
      data,
      work(sidecarAddresses, env = {}) {
        const worker = startWorker(database.settings, {
          DATA_DIR: data,
          INFERENCE_ADDRESSES: sidecarAddresses.join(','),
          PHOTOS_DIR: photos,
          ...env,
        });
        ends.push(async () => {
          worker.process.kill('SIGKILL');
          await worker.exited;
        });
        return worker;
      },
      async eventsOf(id) {
        const events: CollageEvent[] = [];
        for await (const event of collages.stream.follow(id, 0)) events.push(event);
        return events;
      },
    };
  };
}
