import 'reflect-metadata';
import { Command, CommanderError, Option } from 'commander';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfig } from '@collage/config/config.js';
import { isThere } from '@collage/database/data-folder.js';
import { Database } from '@collage/database/database.js';
import {
  embedTexts,
  type EmbedProgress,
  TEXT_KINDS,
} from '@collage/photos/sources/open-images/embed-texts.js';
import { importFile, type ImportProgress } from '@collage/photos/sources/open-images/import-file.js';
import { inImportOrder } from '@collage/photos/sources/open-images/import-order.js';
import { describeOpenImages, skipNote } from '@collage/photos/sources/open-images/open-images-status.js';
import { sum } from '@collage/photos/sources/open-images/skip-counts.js';
import { databaseSettings } from './database-settings.js';
import { exitCodes, explain } from './exit-codes.js';
import { findRoot } from '@collage/config/find-root.js';
import { InferenceProvider } from './inference-provider.js';
import { Surroundings } from './surroundings.js';

/** Between two lines about something that goes on. */
const PROGRESS_MILLISECONDS = 2000;

/** After Ctrl-C. */
const GO_ON =
  'What was imported or embedded until now stays: run the same command again, and it goes on from there.';

interface Tools {
  database: Database;
  inference: InferenceProvider;
  /** Lines of results. */
  say: (line: string) => void;
  /** Lines of progress, of which some may be left out. */
  tell: (line: string) => void;
  signal: AbortSignal;
}

/** `npm run open-images -- …`: takes in the metadata files of OpenImages, for `collage --open-images`. */
function commands({ database, inference, say, tell, signal }: Tools): Command {
  const program = new Command('npm run open-images --')
    .description(
      'Takes in metadata files of OpenImages, so that `npm run collage -- --open-images` finds its photos.',
    )
    .exitOverride();
  program
    .command('import')
    .description(
      'takes in lists of images, names of classes, labels and Localized Narratives (plain or .gz); ' +
        'goes on where it was cut off',
    )
    .argument('<files...>')
    .action(async (files: string[]) => {
      for (const file of await inImportOrder(files)) {
        const onProgress = (progress: ImportProgress): void => tell(importLine(progress));
        const imported = await importFile(database, file, { onProgress }, signal);
        say(
          `${imported.path}: ${imported.rowCount} rows of ${imported.kind}${skipNote(imported.skipped)}` +
            `${imported.alreadyDone ? ' (imported before)' : ''}`,
        );
      }
    });
  program
    .command('embed')
    .description('encodes their texts with the perceptor, once; goes on where it was cut off')
    .addOption(
      new Option('--texts <kinds...>', 'only these: titles are many and tell the least').choices(TEXT_KINDS),
    )
    .action(async ({ texts }: { texts?: (typeof TEXT_KINDS)[number][] }) => {
      const connect = async () => (await inference.connect()).embedder;
      const onProgress = (progress: EmbedProgress): void => tell(embedLine(progress));
      const { model, count, indexed } = await embedTexts(
        database,
        connect,
        { kinds: texts, onProgress },
        signal,
      );
      say(
        `${count} texts embedded by ${model.digest.slice(0, 12)}; searches go ${indexed ? 'by index' : 'through all vectors'}`,
      );
    });
  program
    .command('status')
    .description('what is imported and embedded')
    .action(async () => {
      const { databaseUrl, folder } = database.settings;
      // One that was never made is not made for this.
      const isMade = databaseUrl !== '' || (await isThere(join(folder, 'data')));
      const lines = isMade ? await describeOpenImages(database) : ['Nothing of OpenImages is imported yet.'];
      for (const line of lines) say(line);
    });
  return program;
}

function importLine({ path, step, rowCount, skipped, bytesDone, bytesTotal }: ImportProgress): string {
  const share = `${Math.floor((100 * bytesDone) / Math.max(1, bytesTotal))} %`;
  return step === 'checking'
    ? `${basename(path)}: checked ${share}`
    : `${basename(path)}: ${share}, ${rowCount} rows, ${sum(skipped)} left out`;
}

function embedLine({ step, kind, done, total }: EmbedProgress): string {
  return step === 'embedding'
    ? `${done} of ${total} texts (${kind}s)`
    : 'making the index where it is worth it';
}

async function main(args: string[]): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort());
  let database: Database | undefined;
  let inference: InferenceProvider | undefined;
  try {
    const config = readConfig(process.env);
    const root = findRoot(fileURLToPath(import.meta.url));
    const data = resolve(root, config.DATA_DIR);
    database = new Database(databaseSettings(config, root, data));
    inference = new InferenceProvider(config, new Surroundings(root, data, undefined, false, process.env));
    let told = -Infinity;
    const tell = (line: string): void => {
      if (performance.now() - told < PROGRESS_MILLISECONDS) return;
      told = performance.now();
      process.stderr.write(`${line}\n`);
    };
    const say = (line: string): void => void process.stdout.write(`${line}\n`);
    const tools = { database, inference, say, tell, signal: stop.signal };
    await commands(tools).parseAsync(args, { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    // Commander has said it.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.badInput;
    const { code, message } = explain(error, stop.signal.aborted);
    process.stderr.write(`${message}${code === exitCodes.cancelled ? ` ${GO_ON}` : ''}\n`);
    return code;
  } finally {
    await inference?.onApplicationShutdown();
    await database?.close();
  }
}

process.exitCode = await main(process.argv.slice(2));
