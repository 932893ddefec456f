import { type DynamicModule, Module } from '@nestjs/common';
import { join } from 'node:path';
import { DerivedStore } from '@collage/blobs/derived-store.js';
import { FolderBlobStore } from '@collage/blobs/blob-store.js';
import { Config } from '@collage/config/config.js';
import { FetcherProvider } from './fetcher-provider.js';
import { DatabaseProvider } from './database-provider.js';
import { InferenceProvider } from './inference-provider.js';
import { PhotoSources } from './photo-sources.js';
import { Surroundings } from './surroundings.js';

/** Wires the pipeline's tools for one run of the command line. */
@Module({})
export class CliModule {
  static forRun(config: Config, surroundings: Surroundings): DynamicModule {
    return {
      module: CliModule,
      providers: [
        { provide: Config, useValue: config },
        { provide: Surroundings, useValue: surroundings },
        { provide: FolderBlobStore, useFactory: () => new FolderBlobStore(join(surroundings.data, 'blobs')) },
        { provide: DerivedStore, useFactory: () => new DerivedStore(join(surroundings.data, 'derived')) },
        FetcherProvider,
        DatabaseProvider,
        InferenceProvider,
        PhotoSources,
      ],
    };
  }
}
