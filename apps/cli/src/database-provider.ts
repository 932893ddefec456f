import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '@collage/config/config.js';
import { Database } from '@collage/database/database.js';
import { databaseSettings } from './database-settings.js';
import { Surroundings } from './surroundings.js';

/** The database, for the photo sources that need one: nothing is started before one of them uses it. */
@Injectable()
export class DatabaseProvider implements OnApplicationShutdown {
  readonly database: Database;

  constructor(@Inject(Config) config: Config, @Inject(Surroundings) { root, data }: Surroundings) {
    this.database = new Database(databaseSettings(config, root, data));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}
