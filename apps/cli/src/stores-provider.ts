import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { openStores, type Stores } from '@collage/blobs/open-stores.js';
import { Config } from '@collage/config/config.js';
import { Surroundings } from './surroundings.js';

/** Blobs and derived results: in DATA_DIR, or where BLOB_URL says. */
@Injectable()
export class StoresProvider implements OnModuleInit, OnApplicationShutdown {
  private readonly stores: Stores;

  constructor(@Inject(Config) { BLOB_URL }: Config, @Inject(Surroundings) { data }: Surroundings) {
    this.stores = openStores(BLOB_URL, data);
  }

  get blobs() {
    return this.stores.blobs;
  }

  get derived() {
    return this.stores.derived;
  }

  /** A bucket that is not there is told before any work. */
  onModuleInit(): Promise<void> {
    return this.stores.check();
  }

  onApplicationShutdown(): void {
    this.stores.close();
  }
}
