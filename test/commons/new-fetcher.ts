import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderBlobStore } from '@collage/blobs/blob-store.js';
import type { Fetcher } from '@collage/fetch/fetcher.js';
import { HttpFetcher } from '@collage/fetch/http-fetcher.js';
import { userAgentOf } from '@collage/fetch/user-agent.js';
import { preparePhoto } from '@collage/photos/prepare-photo.js';

/** Makes a fetcher that may reach the wiki at an address. */
export type NewFetcher = (address: string) => Fetcher;

/** The product's fetcher, with an empty cache of its own, allowed to reach the wiki on this machine and nothing else private. */
export const newFetcher: NewFetcher = (address) => {
  const folder = mkdtempSync(join(tmpdir(), 'fetched-'));
  return new HttpFetcher({
    userAgent: userAgentOf('0.0.0', 'tests@example.org'),
    allow: [new URL(address).host],
    cacheFolder: join(folder, 'fetched'),
    blobs: new FolderBlobStore(join(folder, 'blobs')),
    preparePhoto,
    offline: false,
  });
};
