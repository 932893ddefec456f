import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { codeOf, DatabaseError } from './database-error.js';

/** Advisory lock of whoever changes the schema. */
export const SCHEMA_CHANGE = 7_305_002;

interface Migration {
  name: string;
  sql: string;
  digest: string;
}

/**
 * Brings the schema up to date: runs the SQL files of a folder that were not run yet, in the order of their names, each
 * in a transaction. One process at a time does so; others wait and find it done. Resolves to the names of those run.
 * @throws DatabaseError DATABASE_SCHEMA where the database was made by a newer version, or a file that was run has
 *   changed since; DATABASE_EXTENSION_MISSING where the server has no pgvector
 */
export async function migrate(client: pg.ClientBase, folder: string): Promise<string[]> {
  const migrations = await readMigrations(folder);
  await client.query('SELECT pg_advisory_lock($1)', [SCHEMA_CHANGE]);
  try {
    await client.query(
      'CREATE TABLE IF NOT EXISTS migration (name text PRIMARY KEY, digest text NOT NULL, ' +
        'applied_at timestamptz NOT NULL DEFAULT now())',
    );
    const { rows } = await client.query<{ name: string; digest: string }>(
      'SELECT name, digest FROM migration',
    );
    const missing = notYetRun(migrations, new Map(rows.map(({ name, digest }) => [name, digest])));
    for (const migration of missing) await run(client, migration);
    return missing.map(({ name }) => name);
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [SCHEMA_CHANGE]).catch(() => {});
  }
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(join(folder, name), 'utf8');
      return { name, sql, digest: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/** Those not among the ones that were run, after a check that the latter are known here and unchanged. */
function notYetRun(migrations: readonly Migration[], run: ReadonlyMap<string, string>): Migration[] {
  const known = new Map(migrations.map(({ name, digest }) => [name, digest]));
  for (const [name, digest] of run) {
    const ours = known.get(name);
    if (ours === digest) continue;
    throw new DatabaseError(
      'DATABASE_SCHEMA',
      ours === undefined
        ? `The database was made by a newer version of this program: it has the migration ${name}, which is not known ` +
            'here. Update the program, or set DATA_DIR or DATABASE_URL to another database.'
        : `Expected migration ${name} to be as it was when it was run, but received another. Migrations that were ` +
            'published are never edited; restore the file and add a new one.',
    );
  }
  return migrations.filter(({ name }) => !run.has(name));
}

async function run(client: pg.ClientBase, { name, sql, digest }: Migration): Promise<void> {
  try {
    await client.query('BEGIN');
    await client.query(sql);
    await client.query('INSERT INTO migration (name, digest) VALUES ($1, $2)', [name, digest]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw withoutVector(error) ?? error;
  }
}

/** What PostgreSQL says where pgvector is not installed (0A000, 58P01) or may not be created (42501), in our words. */
function withoutVector(error: unknown): DatabaseError | undefined {
  const message = error instanceof Error ? error.message : '';
  if (!['0A000', '58P01', '42501'].includes(codeOf(error) ?? '') || !/vector/.test(message)) return undefined;
  return new DatabaseError(
    'DATABASE_EXTENSION_MISSING',
    `The server has no pgvector extension that we may use: ${message}. Install pgvector there and, as a superuser, run: ` +
      'CREATE EXTENSION vector.',
    { cause: error },
  );
}
