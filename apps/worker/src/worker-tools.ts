import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FolderBlobStore } from '@collage/blobs/blob-store.js';
import type { Blobs } from '@collage/blobs/blobs.js';
import { DerivedStore } from '@collage/blobs/derived-store.js';
import { type Config, ConfigError } from '@collage/config/config.js';
import { HttpFetcher } from '@collage/fetch/http-fetcher.js';
import { userAgentOf } from '@collage/fetch/user-agent.js';
import { Composer } from '@collage/inference/composer.js';
import { InferenceConnection } from '@collage/inference/connection.js';
import type { LoadCutout } from '@collage/inference/cutout-cache.js';
import { Embedder } from '@collage/inference/embedder.js';
import { Segmenter } from '@collage/inference/segmenter.js';
import { preparePhoto } from '@collage/photos/prepare-photo.js';
import type { PhotoSource } from '@collage/photos/photo-source.js';
import { commonsSource } from '@collage/photos/sources/commons/commons-source.js';
import { folderSource } from '@collage/photos/sources/folder.js';
import { starterSource } from '@collage/photos/sources/starter/starter-source.js';
import type { ModelIdentity } from '@collage/proto/collage/v1/model.js';
import type { CollageTools } from '@collage/pipeline/collage-tools.js';

/** What a worker makes collages with, and what to close at its end. */
export interface WorkerTools {
  tools: CollageTools;
  close(): void;
}

/**
 * The pipeline's tools as the settings say.
 * @param store where blobs lie
 * @param blobs the same, as whoever makes a collage sees it
 * @throws ConfigError where no sidecar is named: a worker starts none
 */
export function workerTools(
  config: Config,
  root: string,
  data: string,
  store: FolderBlobStore,
  blobs: Blobs,
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
  const connection = new InferenceConnection(INFERENCE_ADDRESSES);
  const inference = {
    embedder: new Embedder(connection),
    segmenter: new Segmenter(connection),
    newComposer: (loadCutout: LoadCutout, perceptor?: ModelIdentity) =>
      new Composer(connection, loadCutout, perceptor),
  };
  return {
    tools: {
      sources: photoSources(config, root, data, fetcher),
      blobs,
      derived: new DerivedStore(join(data, 'derived')),
      inference: async () => inference,
      now: () => performance.now() / 1000,
    },
    close() {
      connection.close();
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
