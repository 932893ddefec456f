import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Blobs } from '@collage/blobs/blobs.js';
import type { Stores } from '@collage/blobs/open-stores.js';
import type { MakingTools } from '@collage/collages/collage-maker.js';
import { type Config, ConfigError } from '@collage/config/config.js';
import type { Database } from '@collage/database/database.js';
import { HttpFetcher } from '@collage/fetch/http-fetcher.js';
import { userAgentOf } from '@collage/fetch/user-agent.js';
import { SidecarPool } from '@collage/inference/pool/sidecar-pool.js';
import { readTls } from '@collage/inference/tls.js';
import { preparePhoto } from '@collage/photos/prepare-photo.js';
import type { PhotoSource } from '@collage/photos/photo-source.js';
import { commonsSource } from '@collage/photos/sources/commons/commons-source.js';
import { folderSource } from '@collage/photos/sources/folder.js';
import { openImagesSource } from '@collage/photos/sources/open-images/open-images-source.js';
import { starterSource } from '@collage/photos/sources/starter/starter-source.js';

/** What a worker makes collages with, and what to close at its end. */
export interface WorkerTools {
  /** The tools of one collage, for all its stages: its calls stay with one sidecar, for its cut-outs are there. */
  newTools(): MakingTools;
  close(): void;
}

/**
 * The pipeline's tools as the settings say.
 * @param stores where bytes lie
 * @param blobs those of `stores`, as whoever makes a collage sees them
 * @param database what OpenImages is looked up in; not connected to before it is
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
  database: Database,
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
  // A search asks for a few texts now and then: ended at once, it counts as nobody's job.
  const lookups = pool.newJob();
  lookups.end();
  const known: Record<string, () => PhotoSource> = {
    starter: () =>
      starterSource({ cacheFolder: join(data, 'starter'), python: join(root, '.venv', 'bin', 'python') }),
    commons: () => commonsSource({ address: config.COMMONS_URL, fetcher }),
    'open-images': () => openImagesSource({ database, fetcher, embedder: async () => lookups.embedder }),
  };
  const sources = photoSources(config, known);
  return {
    newTools() {
      const job = pool.newJob();
      return {
        sources,
        blobs,
        derived,
        inference: async () => job,
        now: () => performance.now() / 1000,
        end: () => job.end(),
      };
    },
    close() {
      pool.close();
      fetcher.close();
    },
  };
}

/** The sources that PHOTO_SOURCES names, of those `known`: another source is one more line there. */
function photoSources(
  { PHOTO_SOURCES, PHOTOS_DIR }: Config,
  known: Record<string, () => PhotoSource>,
): PhotoSource[] {
  const named = PHOTO_SOURCES.split(',').filter((name) => name !== 'none');
  return [...named.map((name) => known[name]!()), ...(PHOTOS_DIR === '' ? [] : [folderSource(PHOTOS_DIR)])];
}
