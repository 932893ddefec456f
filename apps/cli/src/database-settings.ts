import { join } from 'node:path';
import type { Config } from '@collage/config/config.js';
import type { DatabaseSettings } from '@collage/database/database.js';

/** Where the database is, by the settings; `root` is the clone, `data` the folder of DATA_DIR. */
export function databaseSettings(config: Config, root: string, data: string): DatabaseSettings {
  return {
    databaseUrl: config.DATABASE_URL,
    pgBin: config.PG_BIN,
    python: join(root, '.venv', 'bin', 'python'),
    requirements: join(root, 'python-inference'),
    folder: join(data, 'postgres'),
    migrations: join(root, 'libs', 'database', 'migrations'),
    onProgress: (line) => process.stderr.write(`${line}\n`),
  };
}
