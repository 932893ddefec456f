import { join } from 'node:path';
import type { BlobStore } from '@collage/blobs/blob-store.js';
import { type Post, WEBHOOKS_AT_ONCE } from '@collage/collages/webhooks.js';
import type { Config } from '@collage/config/config.js';
import { HttpFetcher } from '@collage/fetch/http-fetcher.js';
import { userAgentOf } from '@collage/fetch/user-agent.js';
import { preparePhoto } from '@collage/photos/prepare-photo.js';

/** Where webhooks go out: the fetcher, which refuses private addresses but those of FETCH_ALLOW. */
export class WebhookDoor {
  private readonly fetcher: HttpFetcher;
  readonly post: Post = (url, body, headers, signal) => this.fetcher.post(url, body, { headers, signal });

  constructor({ CONTACT, FETCH_ALLOW, OFFLINE }: Config, version: string, data: string, blobs: BlobStore) {
    this.fetcher = new HttpFetcher({
      userAgent: userAgentOf(version, CONTACT),
      allow: FETCH_ALLOW.split(',').filter(Boolean),
      cacheFolder: join(data, 'fetched'),
      blobs,
      preparePhoto,
      offline: OFFLINE,
      // Receivers of many clients may be of one host. So many are sent at once at most: none waits in line there, where
      // its time would pass.
      limits: { inFlightPerHost: WEBHOOKS_AT_ONCE, intervalMilliseconds: 0 },
    });
  }

  close(): void {
    this.fetcher.close();
  }
}
