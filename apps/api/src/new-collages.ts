import { Inject, Injectable } from '@nestjs/common';
import type { Response } from 'express';
import type { CollageRecord } from '@collage/collages/collage-record.js';
import { CollageStore, type NewCollage } from '@collage/collages/collage-store.js';
import { requestDigest } from '@collage/collages/request-digest.js';
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
    return answer(record, added ? 202 : 200, request, response);
  }

  /**
   * The same for a collage that is made of another: asked again under the same key, it is answered as before, also where
   * that other has been deleted since.
   * @param asked what the client asked, as JSON
   * @param make gives what is to be made, of the other collage
   */
  async addMade(
    {
      asked,
      idempotencyKey,
      isKeyOurs,
    }: { asked: object } & Pick<NewCollage, 'idempotencyKey' | 'isKeyOurs'>,
    make: () => Promise<Omit<NewCollage, 'owner' | 'unfinishedLimit'>>,
    client: ApiClient,
    request: ClientRequest,
    response: Response,
  ): Promise<unknown> {
    const digest = requestDigest(asked);
    if (idempotencyKey !== undefined) {
      const key = { owner: client.owner, idempotencyKey, isKeyOurs, digest };
      const earlier = await this.store.findAsked(key);
      if (earlier) return answer(earlier, 200, request, response);
    }
    const made = { ...(await make()), idempotencyKey, isKeyOurs, askedDigest: digest };
    return this.add(made, client, request, response);
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

function answer(
  record: CollageRecord,
  status: 200 | 202,
  request: ClientRequest,
  response: Response,
): unknown {
  request.collageId = record.id;
  response.status(status).setHeader('Location', `/v1/collages/${record.id}`);
  return Collage.toJSON(record.collage);
}
