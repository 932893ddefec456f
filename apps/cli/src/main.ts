import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfig } from '@collage/config/config.js';
import { CollageEvent } from '@collage/proto/collage/v1/collage.js';
import { CliModule } from './cli.module.js';
import { CommandLineEnd, parseCommandLine } from './command-line.js';
import { explain, exitCodes } from './exit-codes.js';
import { findRoot } from '@collage/config/find-root.js';
import { ProgressPrinter } from './progress-printer.js';
import { runCollage } from './run-collage.js';
import { Surroundings } from './surroundings.js';

const now = () => performance.now() / 1000;

/** One run of the command line; resolves to the exit code. */
async function main(args: string[]): Promise<number> {
  const line = parseCommandLine(args);
  const printer = new ProgressPrinter(line.json ? process.stderr : process.stdout, now);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort());
  // Whoever reads the output may stop (`| head -1`): that ends the run, quietly.
  process.stdout.on('error', () => stop.abort());
  const root = findRoot(fileURLToPath(import.meta.url));
  let app;
  try {
    const config = readConfig(process.env);
    const surroundings = new Surroundings(
      root,
      resolve(root, config.DATA_DIR),
      line.photosFolder === undefined
        ? undefined
        : { folder: line.photosFolder, license: line.photosLicense, author: line.photosAuthor },
      line.commons,
      process.env,
      line.openImages,
    );
    app = await NestFactory.createApplicationContext(CliModule.forRun(config, surroundings), {
      logger: ['error', 'fatal'],
      abortOnError: false,
    });
    const events = line.json ? process.stdout : undefined;
    await runCollage(line, app, { printer, events }, now, stop.signal);
    return exitCodes.done;
  } catch (error) {
    const { code, reason, message } = explain(error, stop.signal.aborted);
    printer.line(message);
    if (line.json) {
      const failed = CollageEvent.create({ event: { $case: 'failed', value: { reason, message } } });
      process.stdout.write(`${JSON.stringify(CollageEvent.toJSON(failed))}\n`);
    }
    return code;
  } finally {
    await app?.close();
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof CommandLineEnd)) throw error;
  process.exitCode = error.exitCode;
}
