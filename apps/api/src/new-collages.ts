import { Inject, Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { CollageStore, type NewCollage } from '@collage/collages/collage-store.js';
import { Config } from '@collage/config/config.js';
import { FetchError } from '@collage/fetch/fetch-error.js';
import { webAddress } from '@collage/fetch/web-address.js';
import { Collage } from '@collage/proto/collage/v1/collage.js';
import type { ApiClient, ClientRequest } from './client-request.js';
import { RequestInvalid } from './request-invalid.js';

/** Adds what clients ask for, within their limits, and answers with it. */
@Injectable()
export class NewCollages {
  constructor(
    @Inject(CollageStore) private readonly store: CollageStore,
    @Inject(Config) private readonly config: Config,
  ) {}

  /** Answers 202 with a new collage, 200 with one that was asked for before; the proto3 JSON of it. */
  async add(
    asked: Omit<NewCollage, 'owner' | 'unfinishedLimit'>,
    { owner, unfinishedCollages }: ApiClient,
    request: ClientRequest,
    response: Response,
  ): Promise<unknown> {
    this.checkWebhook(asked.webhookUrl);
    const { record, added } = await this.store.create({
      ...asked,
      owner,
      unfinishedLimit: unfinishedCollages,
    });
    request.collageId = record.id;
    response.status(added ? 202 : 200).setHeader('Location', `/v1/collages/${record.id}`);
    return Collage.toJSON(record.collage);
  }

  /** Whether it leads to a private network is seen when it is connected to: names may change their addresses. */
  private checkWebhook(url: string | undefined): void {
    if (url === undefined) return;
    if (this.config.WEBHOOK_SECRET === '') {
      throw new RequestInvalid(
        'webhookUrl',
        'none, as this service sends no messages (WEBHOOK_SECRET is not set),',
        url,
      );
    }
    try {
      webAddress(url);
    } catch (error) {
      if (!(error instanceof FetchError)) throw error;
      throw new RequestInvalid('webhookUrl', `an absolute http or https address (it ${error.problem})`, url);
    }
  }
}
