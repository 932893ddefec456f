import { Command, CommanderError } from 'commander';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfig } from '@collage/config/config.js';
import { backUp } from '@collage/database/back-up.js';
import { Database } from '@collage/database/database.js';
import { describeDatabase } from '@collage/database/database-status.js';
import { restore } from '@collage/database/restore.js';
import { databaseSettings } from './database-settings.js';
import { exitCodes, explain } from './exit-codes.js';
import { findRoot } from '@collage/config/find-root.js';

/** `npm run database -- …`: looks after the database, whichever the settings name. */
function commands(database: Database, say: (line: string) => void): Command {
  const program = new Command('npm run database --')
    .description('Looks after the database: the one of DATABASE_URL, or else the embedded one.')
    .exitOverride();
  program
    .command('status')
    .description('what it is and what is in it')
    .action(async () => {
      for (const line of await describeDatabase(database)) say(line);
    });
  program
    .command('backup')
    .description('writes all of it, as it is at one moment, to a file; work may go on meanwhile')
    .argument('<file>')
    .action(async (file: string) => say(`${resolve(file)}: ${await backUp(database, file)} bytes`));
  program
    .command('restore')
    .description('fills it from a backup, wholly or not at all')
    .argument('<file>')
    .option('--replace', 'lose what is in it now')
    .action(async (file: string, options: { replace?: boolean }) => {
      await restore(database, file, options);
      say(`restored from ${resolve(file)}`);
    });
  return program;
}

async function main(args: string[]): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort());
  let database;
  try {
    const config = readConfig(process.env);
    const root = findRoot(fileURLToPath(import.meta.url));
    database = new Database(databaseSettings(config, root, resolve(root, config.DATA_DIR)));
    await commands(database, (line) => process.stdout.write(`${line}\n`)).parseAsync(args, { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    // Commander has said it.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.badInput;
    const { code, message } = explain(error, stop.signal.aborted);
    process.stderr.write(`${message}\n`);
    return code;
  } finally {
    await database?.close();
  }
}

process.exitCode = await main(process.argv.slice(2));
