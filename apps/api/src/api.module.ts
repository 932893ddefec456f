import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { randomBytes } from 'node:crypto';
import { BlobStore } from '@collage/blobs/blob-store.js';
import { openStores } from '@collage/blobs/open-stores.js';
import { StoresAtStart } from '@collage/blobs/stores-at-start.js';
import { newCollageId } from '@collage/collages/collage-id.js';
import { CollageStore } from '@collage/collages/collage-store.js';
import { EventLog } from '@collage/collages/event-log.js';
import { EventStream } from '@collage/collages/event-stream.js';
import { Notifications } from '@collage/collages/notifications.js';
import { PictureRequests } from '@collage/collages/picture-requests.js';
import { ReprievingBlobs } from '@collage/collages/reprieving-blobs.js';
import { UploadedPhotos } from '@collage/collages/uploaded-photos.js';
import { Webhooks } from '@collage/collages/webhooks.js';
import { Config } from '@collage/config/config.js';
import { Database } from '@collage/database/database.js';
import { ApiKeys } from './api-keys.js';
import type { ApiSurroundings } from './api-surroundings.js';
import { ClientGuard } from './client.guard.js';
import { Closing } from './closing.js';
import { CollageEventsController } from './collage-events.controller.js';
import { CollageOutputsController } from './collage-outputs.controller.js';
import { CollagePictures } from './collage-pictures.js';
import { CollageSceneController } from './collage-scene.controller.js';
import { CollagesController } from './collages.controller.js';
import { Heartbeat } from './event-writer.js';
import { HealthController } from './health.controller.js';
import { HttpMetrics } from './http-metrics.js';
import { JsonLog } from '@collage/config/json-log.js';
import { MetricsController } from './metrics.controller.js';
import { ModelsInUse } from './models-in-use.js';
import { NewCollages } from './new-collages.js';
import { PhotosController } from './photos.controller.js';
import { ProblemFilter } from './problem.filter.js';
import { RateLimit } from './rate-limit.js';
import { WebhookDoor } from './webhook-door.js';
import { WebhookSending } from './webhook-sending.js';

/** Wires the HTTP API. */
@Module({})
export class ApiModule {
  static forRun({
    config,
    data,
    databaseSettings,
    version,
    log,
    heartbeatMilliseconds,
  }: ApiSurroundings): DynamicModule {
    const now = () => new Date();
    const limits = { requestsPerMinute: config.RATE_LIMIT, unfinishedCollages: config.UNFINISHED_LIMIT };
    const stores = openStores(config.BLOB_URL, data);
    const door = new WebhookDoor(config, version, data, stores.blobs);
    return {
      module: ApiModule,
      controllers: [
        CollagesController,
        CollageEventsController,
        CollageSceneController,
        CollageOutputsController,
        PhotosController,
        HealthController,
        MetricsController,
      ],
      providers: [
        { provide: Config, useValue: config },
        { provide: JsonLog, useValue: log },
        { provide: BlobStore, useValue: stores.blobs },
        {
          provide: StoresAtStart,
          useFactory: () => new StoresAtStart(stores, (text) => log.write('warning', text)),
        },
        { provide: Database, useFactory: () => new Database(databaseSettings) },
        {
          provide: ReprievingBlobs,
          useFactory: (database: Database) => new ReprievingBlobs(stores.blobs, database),
          inject: [Database],
        },
        {
          provide: CollageStore,
          useFactory: (database: Database) =>
            new CollageStore(database, () => newCollageId(Date.now(), randomBytes), now),
          inject: [Database],
        },
        {
          provide: EventLog,
          useFactory: (database: Database) => new EventLog(database, now),
          inject: [Database],
        },
        {
          provide: Notifications,
          useFactory: (database: Database) => new Notifications(database),
          inject: [Database],
        },
        {
          provide: EventStream,
          useFactory: (events: EventLog, notifications: Notifications) =>
            new EventStream(events, notifications),
          inject: [EventLog, Notifications],
        },
        {
          provide: UploadedPhotos,
          useFactory: (database: Database, blobs: ReprievingBlobs) =>
            new UploadedPhotos(database, blobs, now, config.UPLOAD_LIMIT),
          inject: [Database, ReprievingBlobs],
        },
        {
          provide: PictureRequests,
          useFactory: (database: Database, notifications: Notifications) =>
            new PictureRequests(database, notifications, now),
          inject: [Database, Notifications],
        },
        { provide: WebhookDoor, useValue: door },
        {
          provide: Webhooks,
          useFactory: (database: Database, notifications: Notifications, metrics: HttpMetrics) =>
            new Webhooks(database, notifications, {
              secret: config.WEBHOOK_SECRET,
              post: door.post,
              now,
              random: Math.random,
              onTry: (collageId, problem) => {
                metrics.webhooks.inc({ result: problem === '' ? 'delivered' : 'failed' });
                if (problem !== '') log.write('warning', `webhook: ${problem}`, { collageId });
              },
            }),
          inject: [Database, Notifications, HttpMetrics],
        },
        { provide: ApiKeys, useFactory: () => new ApiKeys(config.API_KEYS, limits) },
        { provide: RateLimit, useFactory: () => new RateLimit(() => performance.now()) },
        { provide: Heartbeat, useFactory: () => new Heartbeat(heartbeatMilliseconds) },
        HttpMetrics,
        ModelsInUse,
        NewCollages,
        CollagePictures,
        WebhookSending,
        Closing,
        ProblemFilter,
        { provide: APP_FILTER, useExisting: ProblemFilter },
        { provide: APP_GUARD, useClass: ClientGuard },
      ],
    };
  }
}
