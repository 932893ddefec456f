import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Webhooks } from '@collage/collages/webhooks.js';
import { Config } from '@collage/config/config.js';

/** Tells clients of the end of their collages, beside answering them; any number of processes may. */
@Injectable()
export class WebhookSending implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stop = new AbortController();
  private work: Promise<void> = Promise.resolve();

  constructor(
    @Inject(Config) private readonly config: Config,
    @Inject(Webhooks) private readonly webhooks: Webhooks,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.WEBHOOK_SECRET !== '') this.work = this.webhooks.serve(this.stop.signal);
  }

  async onModuleDestroy(): Promise<void> {
    this.stop.abort();
    await this.work;
  }
}
