import { type DynamicModule, Module } from '@nestjs/common';
import { DerivedStore } from '@collage/blobs/derived-store.js';
import { BlobStore } from '@collage/blobs/blob-store.js';
import { Config } from '@collage/config/config.js';
import { FetcherProvider } from './fetcher-provider.js';
import { DatabaseProvider } from './database-provider.js';
import { InferenceProvider } from './inference-provider.js';
import { PhotoSources } from './photo-sources.js';
import { StoresProvider } from './stores-provider.js';
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
        StoresProvider,
        { provide: BlobStore, inject: [StoresProvider], useFactory: ({ blobs }: StoresProvider) => blobs },
        {
          provide: DerivedStore,
          inject: [StoresProvider],
          useFactory: ({ derived }: StoresProvider) => derived,
        },
        FetcherProvider,
        DatabaseProvider,
        InferenceProvider,
        PhotoSources,
      ],
    };
  }
}
