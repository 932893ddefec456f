import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DynamicModule, Module } from '@nestjs/common';
import { openStores } from '@collage/blobs/open-stores.js';
import { StoresAtStart } from '@collage/blobs/stores-at-start.js';
import { newCollageId } from '@collage/collages/collage-id.js';
import { CollageMaker } from '@collage/collages/collage-maker.js';
import { CollageQueue } from '@collage/collages/collage-queue.js';
import type { CollageRecord } from '@collage/collages/collage-record.js';
import { CollageStore } from '@collage/collages/collage-store.js';
import { EventLog } from '@collage/collages/event-log.js';
import { Notifications } from '@collage/collages/notifications.js';
import { ReprievingBlobs } from '@collage/collages/reprieving-blobs.js';
import { PictureRequests } from '@collage/collages/picture-requests.js';
import { UploadedPhotos } from '@collage/collages/uploaded-photos.js';
import { uploadedPhotoSource } from '@collage/collages/uploaded-photo-source.js';
import { WorkerPresence } from '@collage/collages/worker-presence.js';
import { Config } from '@collage/config/config.js';
import { Database } from '@collage/database/database.js';
import { FetchedFolder } from '@collage/fetch/fetched-folder.js';
import { Housekeeper, systemClock } from './housekeeper.js';
import { JsonLog } from '@collage/config/json-log.js';
import { MetricsController } from './metrics.controller.js';
import { PictureDrawing } from './picture-drawing.js';
import { queueLog } from './queue-log.js';
import { WorkerMetrics } from './worker-metrics.js';
import { workerObserver } from './worker-observer.js';
import { workerTools } from './worker-tools.js';

/** What a worker stands in; the program decides it. */
export class WorkerSurroundings {
  constructor(
    /** The clone: where python-inference and .venv lie. */
    readonly root: string,
    /** Caches and downloads. */
    readonly data: string,
    /** Of what stages leave: see STAGE_VERSION. */
    readonly stageVersion: string,
  ) {}
}

/** How often a worker looks for work: one statement or two. */
const POLL_MILLISECONDS = 100;
/** How often a worker looks after the queue, besides when it hears of a new collage. */
const TEND_MILLISECONDS = 1_000;
const FIRST_WAIT_MILLISECONDS = 500;
const LONGEST_WAIT_MILLISECONDS = 30_000;

/** Ends all that a worker holds open, in order. */
export class WorkerClosing {
  constructor(readonly close: () => Promise<void>) {}
}

/** Wires a worker. */
@Module({})
export class WorkerModule {
  static forRun(config: Config, surroundings: WorkerSurroundings, log: JsonLog): DynamicModule {
    const { root, data, stageVersion } = surroundings;
    const now = () => new Date();
    const database = new Database({
      databaseUrl: config.DATABASE_URL,
      pgBin: config.PG_BIN,
      python: join(root, '.venv', 'bin', 'python'),
      requirements: join(root, 'python-inference'),
      folder: join(data, 'postgres'),
      migrations: join(root, 'libs', 'database', 'migrations'),
      onProgress: (line) => log.write('info', line),
    });
    const metrics = new WorkerMetrics();
    const stores = openStores(config.BLOB_URL, data);
    const { blobs } = stores;
    const sparing = new ReprievingBlobs(blobs, database);
    const onNews = (text: string) => log.write('info', text);
    const presence = new WorkerPresence(database, randomUUID(), stageVersion);
    // Workers know nothing of each other's calls: each begins with another sidecar.
    const pick = (count: number) => presence.rank % count;
    const { newTools, close } = workerTools(config, root, data, stores, sparing, database, onNews, pick);
    const store = new CollageStore(database, () => newCollageId(Date.now(), randomBytes), now);
    const events = new EventLog(database, now);
    const patience = {
      firstWaitMilliseconds: FIRST_WAIT_MILLISECONDS,
      longestWaitMilliseconds: LONGEST_WAIT_MILLISECONDS,
      totalMilliseconds: 1000 * config.OUTAGE_SECONDS,
      sleep: (milliseconds: number, signal?: AbortSignal) => sleep(milliseconds, undefined, { signal }),
      random: Math.random,
    };
    const observer = workerObserver(log, metrics);
    const uploads = new UploadedPhotos(database, blobs, now);
    const toolsOf = ({ owner }: CollageRecord) => {
      const tools = newTools();
      return { ...tools, sources: [uploadedPhotoSource(owner, uploads, blobs), ...tools.sources] };
    };
    const maker = new CollageMaker(database, store, events, toolsOf, patience, observer, stageVersion);
    const notifications = new Notifications(database);
    const drawing = new PictureDrawing(
      new PictureRequests(database, notifications, now),
      store,
      sparing,
      log,
    );
    const queue = new CollageQueue(
      database,
      maker,
      presence,
      notifications,
      {
        concurrency: config.WORKER_CONCURRENCY,
        pollMilliseconds: POLL_MILLISECONDS,
        tendMilliseconds: TEND_MILLISECONDS,
      },
      queueLog(log),
    );
    const places = { ...stores, fetched: new FetchedFolder(join(data, 'fetched')) };
    const housekeeper = new Housekeeper(database, queue, places, config, systemClock, log, metrics);
    const closing = new WorkerClosing(async () => {
      await housekeeper.stop();
      await queue.stop();
      await notifications.close();
      close();
      stores.close();
      await database.close();
    });
    return {
      module: WorkerModule,
      controllers: [MetricsController],
      providers: [
        { provide: Database, useValue: database },
        { provide: StoresAtStart, useValue: new StoresAtStart(stores, (text) => log.write('warning', text)) },
        { provide: CollageQueue, useValue: queue },
        { provide: Housekeeper, useValue: housekeeper },
        { provide: PictureDrawing, useValue: drawing },
        { provide: WorkerMetrics, useValue: metrics },
        { provide: WorkerClosing, useValue: closing },
      ],
    };
  }
}
