import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Database } from './database.js';
import { DatabaseError } from './database-error.js';
import { lastLines, runProgram } from './run-program.js';
import { toolConnection } from './tool-environment.js';

/**
 * Writes all of the database, as it is at one moment while work goes on, into one file (pg_dump's compressed format).
 * The file appears when it is whole. Resolves to its size in bytes.
 * @throws DatabaseError BACKUP_FAILED
 */
export async function backUp(database: Database, file: string): Promise<number> {
  // The schema is brought up to date first, and the embedded server stays while we are connected.
  await database.connect();
  const { folder } = await database.findBinaries();
  const { address, env } = toolConnection(await database.connectionConfig());
  const whole = resolve(file);
  const part = `${whole}.${process.pid}.part`;
  try {
    const { code, stderr } = await runProgram({
      command: join(folder, 'pg_dump'),
      args: ['--format=custom', '--no-owner', '--no-privileges', `--file=${part}`, `--dbname=${address}`],
      env,
    });
    if (code !== 0) {
      throw new DatabaseError(
        'BACKUP_FAILED',
        `No backup was written to ${whole}:\n  ${lastLines(stderr)}\nName a file that can be written, with room for it, then back up again.`,
      );
    }
    await flush(part);
    await rename(part, whole);
    await flush(dirname(whole));
    return (await stat(whole)).size;
  } finally {
    await rm(part, { force: true });
  }
}

/** Waits until a file, or a folder's list of names, is on the disk. */
async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
