import { mkdir, mkdtemp, readFile, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { codeOf, DatabaseError } from './database-error.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import { lastLines, runProgram } from './run-program.js';
import { giveTo, type ServerUser } from './server-user.js';

/** Name of the database, and of its superuser, in the embedded server. */
export const DATABASE_NAME = 'collage';

/** Since 17 a server brings its own Unicode rules, which change with no upgrade of the operating system. */
const FIRST_WITH_OWN_LOCALE = 17;

/**
 * Makes sure that `folder` is a data folder these binaries can run. A new one is made beside it and renamed, so that
 * no start ever sees half of one and of several makers one wins.
 * @throws DatabaseError DATABASE_VERSION where it was made by another major version, DATABASE_START_FAILED where
 *   it cannot be made
 */
export async function prepareDataFolder(
  folder: string,
  binaries: PostgresBinaries,
  user: ServerUser,
): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  if (!(await isThere(folder))) await create(folder, binaries, user);
  await checkVersion(folder, binaries);
}

/** Whether a database was ever made at this folder. */
export async function isThere(folder: string): Promise<boolean> {
  return (await versionOf(folder)) !== undefined;
}

async function versionOf(folder: string): Promise<number | undefined> {
  try {
    return Number((await readFile(join(folder, 'PG_VERSION'), 'utf8')).trim());
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function checkVersion(folder: string, { majorVersion, source }: PostgresBinaries): Promise<void> {
  const version = await versionOf(folder);
  if (version === majorVersion) return;
  const next =
    version! > majorVersion
      ? `Set PG_BIN to the programs of PostgreSQL ${version}, or move the folder away to begin with an empty database.`
      : `With PG_BIN set to PostgreSQL ${version}: npm run database -- backup FILE. Then move the folder away, unset ` +
        'PG_BIN, and: npm run database -- restore FILE.';
  throw new DatabaseError(
    'DATABASE_VERSION',
    `Expected a data folder of PostgreSQL ${majorVersion} (the programs of ${source}) but received one of ` +
      `PostgreSQL ${version}: ${folder}. ${next}`,
  );
}

async function create(folder: string, binaries: PostgresBinaries, user: ServerUser): Promise<void> {
  await removeLeftovers(folder);
  const made = await mkdtemp(`${folder}.new-${process.pid}-`);
  try {
    await giveTo(user, made);
    await initialize(made, binaries, user);
    await rename(made, folder);
  } catch (error) {
    await rm(made, { recursive: true, force: true });
    // Someone else was faster: theirs is used.
    if (!['ENOTEMPTY', 'EEXIST'].includes(codeOf(error) ?? '')) throw error;
  }
}

async function initialize(folder: string, binaries: PostgresBinaries, user: ServerUser): Promise<void> {
  const env = { ...process.env, LC_ALL: 'C' };
  const modern = binaries.majorVersion >= FIRST_WITH_OWN_LOCALE;
  const locale = modern ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : [];
  const sync = modern && process.platform === 'linux' ? ['--sync-method=syncfs'] : [];
  const [initdb, postgres] = ['initdb', 'postgres'].map((name) => join(binaries.folder, name)) as [
    string,
    string,
  ];
  // Trust is for a socket in a closed folder only; the server listens on nothing else.
  const whom = ['-U', DATABASE_NAME, '-A', 'trust', '-E', 'UTF8', '--locale=C', ...locale];
  const steps = [
    { command: initdb, args: ['-D', folder, ...whom, '--no-sync'] },
    {
      command: postgres,
      args: ['--single', '-F', '-D', folder, 'postgres'],
      input: `CREATE DATABASE ${DATABASE_NAME};\n`,
    },
    // All at once to the disk, before the folder gets its name.
    { command: initdb, args: ['-D', folder, '--sync-only', ...sync] },
  ];
  for (const step of steps) {
    const { code, stdout, stderr } = await runProgram(user.as({ ...step, env }));
    if (code !== 0) {
      throw new DatabaseError(
        'DATABASE_START_FAILED',
        `No database could be made at ${folder}: ${basename(step.command)} ended with ${code}:\n  ` +
          `${lastLines(`${stdout}\n${stderr}`)}\nSet DATA_DIR to another folder, or DATABASE_URL to a running server.`,
      );
    }
  }
}

/** Removes what makers left that were killed. */
async function removeLeftovers(folder: string): Promise<void> {
  const prefix = `${basename(folder)}.new-`;
  for (const name of await readdir(dirname(folder))) {
    const maker = Number(name.startsWith(prefix) ? name.slice(prefix.length).split('-')[0] : NaN);
    if (maker > 0 && !isAlive(maker)) await rm(join(dirname(folder), name), { recursive: true, force: true });
  }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
