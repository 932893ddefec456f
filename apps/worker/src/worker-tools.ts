import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Blobs } from '@collage/blobs/blobs.js';
import type { Stores } from '@collage/blobs/open-stores.js';
import { type Config, ConfigError } from '@collage/config/config.js';
import { HttpFetcher } from '@collage/fetch/http-fetcher.js';
import { userAgentOf } from '@collage/fetch/user-agent.js';
import { SidecarPool } from '@collage/inference/pool/sidecar-pool.js';
import { readTls } from '@collage/inference/tls.js';
import { preparePhoto } from '@collage/photos/prepare-photo.js';
import type { PhotoSource } from '@collage/photos/photo-source.js';
import { commonsSource } from '@collage/photos/sources/commons/commons-source.js';
import { folderSource } from '@collage/photos/sources/folder.js';
import { starterSource } from '@collage/photos/sources/starter/starter-source.js';
import type { CollageTools } from '@collage/pipeline/collage-tools.js';

/** What a worker makes collages with, and what to close at its end. */
export interface WorkerTools {
  /** The tools of one stage of a collage: its calls stay with one sidecar, for its cut-outs are there. */
  newTools(): CollageTools;
  close(): void;
}

/**
 * The pipeline's tools as the settings say.
 * @param stores where bytes lie
 * @param blobs those of `stores`, as whoever makes a collage sees them
 * @param onNews gets a sentence when a sidecar goes or is back
 * @param pick which of so many sidecars that are equally busy from here
 * @throws ConfigError where no sidecar is named: a worker starts none
 */
export function workerTools(
  config: Config,
  root: string,
  data: string,
  { blobs: store, derived }: Stores,
  blobs: Blobs,
  onNews: (text: string) => void,
  pick: (count: number) => number,
): WorkerTools {
  const { INFERENCE_ADDRESSES, CONTACT, FETCH_ALLOW, OFFLINE } = config;
  if (INFERENCE_ADDRESSES === '') {
    throw new ConfigError(
      'INFERENCE_ADDRESSES: expected the address (host:port) of a running sidecar, received none. Start one with ' +
        'npm run sidecar and name it, or start all of the service with npm start.',
    );
  }
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const fetcher = new HttpFetcher({
    userAgent: userAgentOf(version, CONTACT),
    allow: FETCH_ALLOW.split(',').filter(Boolean),
    cacheFolder: join(data, 'fetched'),
    blobs: store,
    preparePhoto,
    offline: OFFLINE,
  });
  const addresses = INFERENCE_ADDRESSES.split(',').filter(Boolean);
  const pool = new SidecarPool(addresses, { connection: { tls: readTls(config) }, onNews, pick });
  const sources = photoSources(config, root, data, fetcher);
  return {
    newTools() {
      const job = pool.newJob();
      return { sources, blobs, derived, inference: async () => job, now: () => performance.now() / 1000 };
    },
    close() {
      pool.close();
      fetcher.close();
    },
  };
}

/** The sources that PHOTO_SOURCES names; one registry, so that another source is one more line. */
function photoSources(config: Config, root: string, data: string, fetcher: HttpFetcher): PhotoSource[] {
  const known: Record<string, () => PhotoSource> = {
    starter: () =>
      starterSource({ cacheFolder: join(data, 'starter'), python: join(root, '.venv', 'bin', 'python') }),
    commons: () => commonsSource({ address: config.COMMONS_URL, fetcher }),
  };
  const named = config.PHOTO_SOURCES.split(',').filter((name) => name !== 'none');
  return [
    ...named.map((name) => known[name]!()),
    ...(config.PHOTOS_DIR === '' ? [] : [folderSource(config.PHOTOS_DIR)]),
  ];
}
