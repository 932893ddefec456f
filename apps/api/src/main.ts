import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError, readConfig } from '@collage/config/config.js';
import { Database } from '@collage/database/database.js';
import { createApi } from './create-api.js';
import { findRoot } from '@collage/config/find-root.js';
import { JsonLog } from '@collage/config/json-log.js';

const HEARTBEAT_MILLISECONDS = 15_000;
/** All queries of the API are short: one that takes longer is one of a database that hangs. */
const QUERY_MILLISECONDS = 20_000;
/** What has not been let go of within this time waits for what may never come, as a database that hangs. */
const STOP_MILLISECONDS = 10_000;
const log = new JsonLog(process.stdout, Date.now);

/** Serves until SIGINT or SIGTERM, or, with --stdin-lifeline, until standard input ends. */
async function main(): Promise<void> {
  const root = findRoot(fileURLToPath(import.meta.url));
  const config = readConfig(process.env);
  const data = resolve(root, config.DATA_DIR);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const databaseSettings = {
    databaseUrl: config.DATABASE_URL,
    pgBin: config.PG_BIN,
    python: join(root, '.venv', 'bin', 'python'),
    requirements: join(root, 'python-inference'),
    folder: join(data, 'postgres'),
    migrations: join(root, 'libs', 'database', 'migrations'),
    queryMilliseconds: QUERY_MILLISECONDS,
    onProgress: (line: string) => log.write('info', line),
  };
  const app = await createApi({
    config,
    data,
    databaseSettings,
    version,
    log,
    heartbeatMilliseconds: HEARTBEAT_MILLISECONDS,
  });
  let isEnding = false;
  const end = (why: string) => {
    if (isEnding) return;
    isEnding = true;
    log.write('info', `ending: ${why}`);
    setTimeout(() => process.exit(0), STOP_MILLISECONDS);
    app.close().then(
      () => process.exit(0),
      (error: Error) => fail(error),
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => end(signal));
  if (process.argv.includes('--stdin-lifeline')) {
    process.stdin.on('end', () => end('whoever started this is gone')).resume();
  }
  // A schema that is not ours, or a server that can't be had, is told now rather than at the first request.
  await app.get(Database).connect();
  await app.listen(config.PORT, config.HOST);
  log.write('info', `listening on ${await app.getUrl()}`);
}

function fail(error: unknown): never {
  const known = error instanceof ConfigError || (error instanceof Error && 'reason' in error);
  const text =
    error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : String(error);
  log.write('error', text);
  process.exit(1);
}

await main().catch(fail);
