import 'reflect-metadata';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NestFactory } from '@nestjs/core';
import { CollageQueue } from '@collage/collages/collage-queue.js';
import { STAGE_VERSION } from '@collage/collages/stage-version.js';
import { ConfigError, readConfig } from '@collage/config/config.js';
import { findRoot } from '@collage/config/find-root.js';
import { Housekeeper } from './housekeeper.js';
import { JsonLog } from '@collage/config/json-log.js';
import { WorkerClosing, WorkerModule, WorkerSurroundings } from './worker.module.js';

/** What another worker does not take over within this time is not worth waiting for. */
const STOP_MILLISECONDS = 10_000;
const log = new JsonLog(process.stdout, Date.now);

/**
 * Makes collages until SIGINT or SIGTERM, or, with --stdin-lifeline, until standard input ends. With --stage-version NAME
 * it is a worker of another version than it is: for the tests of upgrades.
 */
async function main(args: string[]): Promise<void> {
  const root = findRoot(fileURLToPath(import.meta.url));
  const config = readConfig(process.env);
  const named = args.indexOf('--stage-version');
  const stageVersion = named < 0 ? STAGE_VERSION : args[named + 1]!;
  const surroundings = new WorkerSurroundings(root, resolve(root, config.DATA_DIR), stageVersion);
  const module = WorkerModule.forRun(config, surroundings, log);
  const port = config.WORKER_METRICS_PORT;
  const options = { logger: log, abortOnError: false };
  const app =
    port === 0
      ? await NestFactory.createApplicationContext(module, options)
      : await NestFactory.create(module, options).then(async (made) => {
          await made.listen(port, config.HOST);
          return made;
        });
  const ended = new Promise<string>((end) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => end(signal));
    if (args.includes('--stdin-lifeline')) {
      process.stdin.resume();
      process.stdin.once('end', () => end('standard input ended'));
    }
  });
  const queue = app.get(CollageQueue);
  const started = queue.start();
  started.then(
    () => {
      app.get(Housekeeper).start();
      log.write('info', 'the worker is ready', { processId: process.pid, stageVersion });
    },
    () => {},
  );
  await Promise.race([started, ended]);
  const why = await ended;
  log.write('info', `the worker stops: ${why}`);
  const late = setTimeout(() => process.exit(0), STOP_MILLISECONDS);
  await app.close();
  await app.get(WorkerClosing).close();
  clearTimeout(late);
}

try {
  await main(process.argv.slice(2));
  // Collages left to others wait here for ever.
  process.exit(0);
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  log.write('error', message, error instanceof ConfigError ? {} : { stack: (error as Error).stack });
  process.exit(error instanceof ConfigError ? 2 : 1);
}
