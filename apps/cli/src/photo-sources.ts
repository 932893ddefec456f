import { Inject, Injectable } from '@nestjs/common';
import { join } from 'node:path';
import { Config } from '@collage/config/config.js';
import type { PhotoSource } from '@collage/photos/photo-source.js';
import { commonsSource } from '@collage/photos/sources/commons/commons-source.js';
import { folderSource } from '@collage/photos/sources/folder.js';
import { openImagesSource } from '@collage/photos/sources/open-images/open-images-source.js';
import { starterSource } from '@collage/photos/sources/starter/starter-source.js';
import { DatabaseProvider } from './database-provider.js';
import { FetcherProvider } from './fetcher-provider.js';
import { InferenceProvider } from './inference-provider.js';
import { Surroundings } from './surroundings.js';

/** Where this run looks for photos: the person's own folder, or else the starter photos; Wikimedia Commons and OpenImages if asked to. */
@Injectable()
export class PhotoSources {
  readonly all: PhotoSource[];

  constructor(
    @Inject(Surroundings) { photos, commons, openImages, data, root }: Surroundings,
    @Inject(Config) { COMMONS_URL }: Config,
    @Inject(FetcherProvider) { fetcher }: FetcherProvider,
    @Inject(DatabaseProvider) { database }: DatabaseProvider,
    @Inject(InferenceProvider) inference: InferenceProvider,
  ) {
    this.all = [
      photos === undefined
        ? starterSource({
            cacheFolder: join(data, 'starter'),
            python: join(root, '.venv', 'bin', 'python'),
          })
        : folderSource(photos.folder, photos),
      ...(commons ? [commonsSource({ address: COMMONS_URL, fetcher })] : []),
      ...(openImages
        ? [
            openImagesSource({
              database,
              fetcher,
              embedder: async () => (await inference.connect()).embedder,
            }),
          ]
        : []),
    ];
  }
}
