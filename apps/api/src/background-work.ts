import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { FolderBlobStore } from '@collage/blobs/blob-store.js';
import { CollageStore } from '@collage/collages/collage-store.js';
import { drawPicture } from '@collage/collages/draw-picture.js';
import { PictureRequests } from '@collage/collages/picture-requests.js';
import { Webhooks } from '@collage/collages/webhooks.js';
import { Config } from '@collage/config/config.js';

/**
 * What is done beside answering: telling clients of the end of their collages, and drawing pictures at other heights, one
 * at a time. Both are queues in the database that any number of processes may serve.
 */
@Injectable()
export class BackgroundWork implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stop = new AbortController();
  private work: Promise<unknown> = Promise.resolve();

  constructor(
    @Inject(Config) private readonly config: Config,
    @Inject(CollageStore) private readonly store: CollageStore,
    @Inject(FolderBlobStore) private readonly blobs: FolderBlobStore,
    @Inject(PictureRequests) private readonly pictures: PictureRequests,
    @Inject(Webhooks) private readonly webhooks: Webhooks,
  ) {}

  onApplicationBootstrap(): void {
    const { signal } = this.stop;
    this.work = Promise.all([
      this.pictures.serve((request) => drawPicture(request, this.store, this.blobs, signal), signal),
      this.config.WEBHOOK_SECRET === '' ? undefined : this.webhooks.serve(signal),
    ]);
  }

  async onModuleDestroy(): Promise<void> {
    this.stop.abort();
    await this.work;
  }
}
