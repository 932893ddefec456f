import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BlobStore } from '@collage/blobs/blob-store.js';
import { Config } from '@collage/config/config.js';
import { HttpFetcher } from '@collage/fetch/http-fetcher.js';
import { userAgentOf } from '@collage/fetch/user-agent.js';
import { preparePhoto } from '@collage/photos/prepare-photo.js';
import { Surroundings } from './surroundings.js';

/** The one fetcher of this run, as the settings say. */
@Injectable()
export class FetcherProvider implements OnApplicationShutdown {
  readonly fetcher: HttpFetcher;

  constructor(
    @Inject(Config) { CONTACT, FETCH_ALLOW, OFFLINE }: Config,
    @Inject(Surroundings) { root, data }: Surroundings,
    @Inject(BlobStore) blobs: BlobStore,
  ) {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    this.fetcher = new HttpFetcher({
      userAgent: userAgentOf(version, CONTACT),
      allow: FETCH_ALLOW.split(',').filter(Boolean),
      cacheFolder: join(data, 'fetched'),
      blobs,
      preparePhoto,
      offline: OFFLINE,
    });
  }

  onApplicationShutdown(): void {
    this.fetcher.close();
  }
}
