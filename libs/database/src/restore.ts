import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { countRows } from './count-rows.js';
import type { Database } from './database.js';
import { DatabaseError } from './database-error.js';
import { SCHEMA_CHANGE } from './migrate.js';
import { lastLines, runProgram } from './run-program.js';
import { toolConnection } from './tool-environment.js';

/** Empties the database, in the transaction that fills it again; who wants to change the schema waits. */
const EMPTY = `
SELECT pg_advisory_xact_lock(${SCHEMA_CHANGE});
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP
    EXECUTE format('DROP SCHEMA %I CASCADE', name);
  END LOOP;
END $$;
CREATE SCHEMA public AUTHORIZATION pg_database_owner;
GRANT USAGE ON SCHEMA public TO PUBLIC;
`;

/**
 * Fills the database from a file that `backUp` wrote, in one transaction: after a failure all is as before.
 * @throws DatabaseError DATABASE_NOT_EMPTY where there are rows and `replace` is not set; BACKUP_UNREADABLE where the file is
 *   none, or not whole
 */
export async function restore(
  database: Database,
  file: string,
  { replace = false }: { replace?: boolean } = {},
): Promise<void> {
  const whole = resolve(file);
  const { pool } = await database.connect();
  const { folder } = await database.findBinaries();
  const pgRestore = join(folder, 'pg_restore');
  const { code, stderr } = await runProgram({ command: pgRestore, args: ['--list', whole] });
  if (code !== 0) throw unreadable(whole, stderr);
  const filled = (await countRows(pool)).filter(({ rows }) => rows > 0);
  if (filled.length > 0 && !replace) {
    const found = filled.map(({ table, rows }) => `${table}: ${rows}`).join(', ');
    throw new DatabaseError(
      'DATABASE_NOT_EMPTY',
      `Expected an empty database but received one with rows (${found}). Add --replace to lose them for the backup's.`,
    );
  }
  const { address, env } = toolConnection(await database.connectionConfig());
  await fill(
    spawn(pgRestore, ['--no-owner', '--no-privileges', '--file=-', whole], {
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
    spawn(
      join(folder, 'psql'),
      [
        '--no-psqlrc',
        '--quiet',
        '--single-transaction',
        '--set=ON_ERROR_STOP=1',
        '--output=/dev/null',
        `--dbname=${address}`,
        `--command=${EMPTY}`,
        '--file=-',
      ],
      { stdio: ['pipe', 'ignore', 'pipe'], env: { ...env, PGOPTIONS: '-c maintenance_work_mem=512MB' } },
    ),
    whole,
  );
}

type Reader = ReturnType<typeof spawn> & { stdout: Readable };

/** Pipes SQL into psql, and lets it reach the end, where it commits, only when the reader read its file to the end. */
async function fill(
  reader: ReturnType<typeof spawn>,
  psql: ReturnType<typeof spawn>,
  file: string,
): Promise<void> {
  const [readerEnd, psqlEnd] = [endOf(reader), endOf(psql)];
  // psql may stop first; its exit tells.
  psql.stdin!.on('error', () => {});
  await pipeline((reader as Reader).stdout, psql.stdin!, { end: false }).catch(() => {});
  const read = await readerEnd;
  if (read.code === 0) psql.stdin!.end();
  else if (psql.exitCode === null) psql.kill('SIGKILL');
  const filled = await psqlEnd;
  if (filled.code !== null && filled.code !== 0) {
    throw new DatabaseError(
      'BACKUP_FAILED',
      `Nothing was restored from ${file}, and all is as before:\n  ${lastLines(filled.stderr)}\nMend that, then restore again.`,
    );
  }
  if (read.code !== 0) throw unreadable(file, read.stderr);
}

async function endOf(child: ReturnType<typeof spawn>): Promise<{ code: number | null; stderr: string }> {
  let stderr = '';
  child.stderr!.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-10_000)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stderr };
}

function unreadable(file: string, stderr: string): DatabaseError {
  return new DatabaseError(
    'BACKUP_UNREADABLE',
    `Expected a whole backup, as "npm run database -- backup" writes it, but received ${file}:\n  ${lastLines(stderr)}\n` +
      'Restore from another.',
  );
}
