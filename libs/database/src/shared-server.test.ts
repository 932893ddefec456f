import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postmasterOf } from './stale-lock.js';
import { compileLibrary } from './testing/compile-library.js';
import {
  binaries,
  isAlive,
  killServer,
  migrations,
  skipNote,
  testDatabases,
} from './testing/test-databases.js';
import { startWorker } from './testing/worker-program.js';

const databases = testDatabases();
let library: string;
beforeAll(async () => (library = await compileLibrary()));
afterAll(() => rm(library, { recursive: true, force: true }));

const insertForever = `
  for (let index = 0; ; index++) {
    const { pool } = await database.connect();
    await pool.query("INSERT INTO import_progress (source, version) VALUES ($1, 'v')", ['row ' + index]);
    say(String(index));
  }`;

describe.skipIf(!binaries)(`a server shared by processes (${skipNote})`, { timeout: 300_000 }, () => {
  it('outlives a process of ours that is killed, is adopted by the next, and stops after it', async () => {
    const settings = await databases.settingsFor();
    const worker = await startWorker(library, settings, insertForever);
    await worker.waitFor(20);
    const server = await postmasterOf(join(settings.folder, 'data'));
    worker.child.kill('SIGKILL');
    await worker.exited;
    expect(isAlive(server!)).toBe(true);

    const next = databases.open(settings);
    const { rows } = await (await next.connect()).pool.query('SELECT source FROM import_progress');
    expect(await postmasterOf(join(settings.folder, 'data'))).toBe(server);
    const sources = new Set(rows.map(({ source }) => source));
    expect(worker.lines.filter((line) => !sources.has(`row ${line}`))).toEqual([]);
    await next.close();
    expect(await postmasterOf(join(settings.folder, 'data'))).toBe(undefined);
  });

  it('loses nothing it said was written, in 20 kills amid inserts', async () => {
    const settings = await databases.settingsFor();
    const acknowledged: string[] = [];
    for (let round = 0; round < 20; round++) {
      const body = insertForever.replaceAll("'row ' + index", `'${round}/' + index`);
      const worker = await startWorker(library, settings, body);
      await worker.waitFor(5 + 7 * (round % 5));
      // Every other time together with the process that started it.
      if (round % 2 === 1) worker.child.kill('SIGKILL');
      await killServer(join(settings.folder, 'data'));
      worker.child.kill('SIGKILL');
      await worker.exited;
      acknowledged.push(...worker.lines.map((line) => `${round}/${line}`));
    }
    const { pool } = await databases.open(settings).connect();
    const { rows } = await pool.query('SELECT source FROM import_progress');
    const sources = new Set(rows.map(({ source }) => source));
    expect(acknowledged.filter((source) => !sources.has(source))).toEqual([]);
    // At most the one row that was under way in each round was written and not said.
    expect(sources.size - acknowledged.length).toBeLessThanOrEqual(20);
    expect(acknowledged.length).toBeGreaterThan(300);
    // The index agrees with the table.
    await pool.query('SET enable_seqscan = off');
    const { rows: counted } = await pool.query('SELECT count(*) AS count FROM import_progress');
    expect(Number(counted[0].count)).toBe(sources.size);
  });

  it('is made and started once by four processes that come at once, and its schema too', async () => {
    const settings = await databases.settingsFor({ made: false });
    const body = `
      const { pool } = await database.connect();
      const { rows } = await pool.query('SELECT name FROM migration ORDER BY name');
      say(JSON.stringify(rows.map(({ name }) => name)));
      await sleep(300);
      await database.close();`;
    const workers = await Promise.all([1, 2, 3, 4].map(() => startWorker(library, settings, body)));
    expect(await Promise.all(workers.map(({ exited }) => exited))).toEqual([0, 0, 0, 0]);
    const names = (await readdir(migrations)).filter((name) => name.endsWith('.sql')).sort();
    expect(workers.map(({ lines }) => JSON.parse(lines[0]!))).toEqual([names, names, names, names]);
    expect(await postmasterOf(join(settings.folder, 'data'))).toBe(undefined);
    expect((await readdir(settings.folder)).sort()).toEqual(['data', 'run', 'server.log']);
    expect(await readFile(join(settings.folder, 'server.log'), 'utf8')).not.toMatch(/duplicate key|deadlock/);
  });

  it('is waited for while another makes its lock file, which is empty for a moment', async () => {
    const settings = await databases.settingsFor();
    const before = databases.open(settings);
    await before.connect();
    await before.close();
    const lock = join(settings.folder, 'data', 'postmaster.pid');
    await writeFile(lock, '');
    const coming = databases.open(settings).connect();
    const log = join(settings.folder, 'server.log');
    await expect
      .poll(() => readFile(log, 'utf8'), { timeout: 30_000 })
      .toContain('lock file "postmaster.pid" is empty');
    await rm(lock);
    expect((await (await coming).pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  it('is never lost to processes that come and go at once', async () => {
    const settings = await databases.settingsFor();
    const coming = `
      for (let index = 0; index < 12; index++) {
        const visit = new Database(database.settings);
        await (await visit.connect()).pool.query('SELECT 1');
        await visit.close();
      }
      say('done');`;
    const workers = await Promise.all([1, 2, 3].map(() => startWorker(library, settings, coming)));
    await Promise.all(workers.map((worker) => worker.waitFor(1)));
    expect(await Promise.all(workers.map(({ exited }) => exited))).toEqual([0, 0, 0]);
    expect(await postmasterOf(join(settings.folder, 'data'))).toBe(undefined);
  });
});
