import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { Blobs } from '@collage/blobs/blobs.js';
import type { CollageStore } from '@collage/collages/collage-store.js';
import type { JsonLog } from '@collage/config/json-log.js';
import { drawPicture } from '@collage/collages/draw-picture.js';
import type { PictureRequests } from '@collage/collages/picture-requests.js';

/** Draws the pictures that clients ask for at other heights or in other formats, one at a time, beside the collages. */
export class PictureDrawing implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stop = new AbortController();
  private work: Promise<void> = Promise.resolve();

  constructor(
    private readonly requests: PictureRequests,
    private readonly store: CollageStore,
    private readonly blobs: Blobs,
    private readonly log: JsonLog,
  ) {}

  onApplicationBootstrap(): void {
    const { signal } = this.stop;
    const { requests, store, blobs } = this;
    this.work = requests.serve(
      (request) => drawPicture(request, store, blobs, signal),
      signal,
      ({ collageId, height, mediaType }, error) =>
        this.log.write('error', `A picture could not be drawn: ${String(error)}`, {
          collageId,
          height,
          mediaType,
          stack: error instanceof Error ? error.stack : undefined,
        }),
    );
  }

  async onModuleDestroy(): Promise<void> {
    this.stop.abort();
    await this.work;
  }
}
