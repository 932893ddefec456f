import type { Config } from '@collage/config/config.js';
import type { DatabaseSettings } from '@collage/database/database.js';
import type { JsonLog } from '@collage/config/json-log.js';

/** What an API stands in; the program decides it, not a module. */
export interface ApiSurroundings {
  config: Config;
  /** Caches, uploads, pictures. */
  data: string;
  databaseSettings: DatabaseSettings;
  /** Of this program. */
  version: string;
  log: JsonLog;
  /** How often a silent event stream says that it is alive. */
  heartbeatMilliseconds: number;
}
