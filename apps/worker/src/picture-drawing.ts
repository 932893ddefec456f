import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { Blobs } from '@collage/blobs/blobs.js';
import type { CollageStore } from '@collage/collages/collage-store.js';
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
  ) {}

  onApplicationBootstrap(): void {
    const { signal } = this.stop;
    const { requests, store, blobs } = this;
    this.work = requests.serve((request) => drawPicture(request, store, blobs, signal), signal);
  }

  async onModuleDestroy(): Promise<void> {
    this.stop.abort();
    await this.work;
  }
}
