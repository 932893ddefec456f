import { type DynamicModule, Module } from '@nestjs/common';
import { join } from 'node:path';
import { DerivedStore } from '@collage/blobs/derived-store.js';
import { FolderBlobStore } from '@collage/blobs/blob-store.js';
import { Config } from '@collage/config/config.js';
import { InferenceProvider } from './inference-provider.js';
import { PhotoSources } from './photo-sources.js';

/** What a run stands in; the program decides it, not a module. */
export class Surroundings {
  constructor(
    /** The clone: where python-inference and .venv lie. */
    readonly root: string,
    /** Caches and downloads. */
    readonly data: string,
    /** The person's own photos, if they named a folder. */
    readonly photos: string | undefined,
    /** The environment a child process gets. */
    readonly environment: Readonly<Record<string, string | undefined>>,
  ) {}
}

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
        InferenceProvider,
        PhotoSources,
      ],
    };
  }
}
