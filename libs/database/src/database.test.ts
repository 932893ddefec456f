import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { isConnectionLost } from './connection-lost.js';
import { DatabaseError } from './database-error.js';
import { postmasterOf } from './stale-lock.js';
import { binaries, isAlive, killServer, skipNote, testDatabases } from './testing/test-databases.js';

const databases = testDatabases();

describe.skipIf(!binaries)(`an embedded database (${skipNote})`, () => {
  it('starts nothing before it is first used', async () => {
    const settings = await databases.settingsFor({ made: false });
    const database = databases.open(settings);
    expect(existsSync(join(settings.folder, 'data'))).toBe(false);
    await database.close();
    expect(existsSync(join(settings.folder, 'data'))).toBe(false);
    await expect(database.connect()).rejects.toThrow('The database was closed');
  });

  it('starts, keeps what is written, and stops with its last user', async () => {
    const settings = await databases.settingsFor({ made: false });
    const [first, second] = [databases.open(settings), databases.open(settings)];
    await (
      await first.connect()
    ).pool.query("INSERT INTO import_progress (source, version) VALUES ('a', 'b')");
    const server = await postmasterOf(join(settings.folder, 'data'));
    const { rows } = await (await second.connect()).pool.query('SELECT source FROM import_progress');
    expect(rows).toEqual([{ source: 'a' }]);
    expect(await postmasterOf(join(settings.folder, 'data'))).toBe(server);
    await first.close();
    expect(isAlive(server!)).toBe(true);
    await second.close();
    expect(await postmasterOf(join(settings.folder, 'data'))).toBe(undefined);

    const later = databases.open(settings);
    const again = await (await later.connect()).pool.query('SELECT source FROM import_progress');
    expect(again.rows).toEqual([{ source: 'a' }]);
  });

  it('listens on no network, in a folder closed to others, and syncs in one call', async () => {
    const { pool } = await databases.open(await databases.settingsFor()).connect();
    const { rows } = await pool.query(
      "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'listen_addresses', 'recovery_init_sync_method', " +
        "'unix_socket_permissions') ORDER BY name",
    );
    expect(rows.map(({ setting }) => setting)).toEqual(['on', '', 'syncfs', '0700']);
  });

  it('comes back after its server was killed', async () => {
    const settings = await databases.settingsFor();
    const database = databases.open(settings);
    const { pool } = await database.connect();
    await pool.query("INSERT INTO import_progress (source, version) VALUES ('kept', 'b')");
    await killServer(join(settings.folder, 'data'));
    await expect(pool.query('SELECT 1')).rejects.toThrow();
    // That connection may break a moment before the one that says whether the server lives.
    const query = async () => (await database.connect()).pool.query('SELECT source FROM import_progress');
    const { rows } = await vi.waitFor(query, 30_000);
    expect(rows).toEqual([{ source: 'kept' }]);
  });

  it('starts although the process id of a killed server is now that of another program', async () => {
    const settings = await databases.settingsFor();
    const before = databases.open(settings);
    await before.connect();
    const data = join(settings.folder, 'data');
    const lock = await readFile(join(data, 'postmaster.pid'), 'utf8');
    await before.close();
    await writeFile(join(data, 'postmaster.pid'), lock.replace(/^\d+/, String(process.pid)));
    const { pool } = await databases.open(settings).connect();
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  it.skipIf(process.platform !== 'linux')(
    'starts although the killed server is still listed as a process, by a parent that never asks how it ended',
    async () => {
      const settings = await databases.settingsFor();
      const before = databases.open(settings);
      await before.connect();
      const data = join(settings.folder, 'data');
      const lock = await readFile(join(data, 'postmaster.pid'), 'utf8');
      await before.close();
      const program = join(settings.folder, 'postgres');
      await copyFile('/bin/true', program);
      const parent = spawn('python3', [
        '-c',
        'import subprocess,sys,time\nprint(subprocess.Popen(sys.argv[1]).pid, flush=True)\ntime.sleep(600)',
        program,
      ]);
      try {
        const [zombie] = await once(parent.stdout, 'data');
        await writeFile(join(data, 'postmaster.pid'), lock.replace(/^\d+/, String(zombie).trim()), {
          mode: 0o600,
        });
        const { pool } = await databases.open(settings).connect();
        expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
      } finally {
        parent.kill('SIGKILL');
      }
    },
  );

  it('finds a place for its socket however long the path of its folder is', async () => {
    const folder = join(await databases.folder(), 'a-long-name'.repeat(9), 'and-another'.repeat(9));
    await mkdir(folder, { recursive: true });
    const settings = await databases.settingsFor();
    await rename(join(settings.folder, 'data'), join(folder, 'data'));
    const { pool } = await databases.open({ ...settings, folder }).connect();
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  it.each([
    ['newer', 1],
    ['older', -1],
  ])('refuses a data folder of a %s major version and says what to do', async (_, step) => {
    const settings = await databases.settingsFor({ made: false });
    const version = binaries!.majorVersion + step;
    await mkdir(join(settings.folder, 'data'));
    await writeFile(join(settings.folder, 'data', 'PG_VERSION'), `${version}\n`);
    const error = await databases
      .open(settings)
      .connect()
      .catch((thrown) => thrown);
    expect(error).toBeInstanceOf(DatabaseError);
    expect(error.reason).toBe('DATABASE_VERSION');
    expect(error.message).toContain(`PostgreSQL ${version}`);
    expect(error.message).toContain('PG_BIN');
  });

  it('says the last lines of the log when the server does not start', async () => {
    const settings = await databases.settingsFor();
    const database = databases.open(settings);
    await database.connect();
    await database.close();
    await writeFile(join(settings.folder, 'data', 'postgresql.conf'), 'shared_buffers = many\n');
    const error = await databases
      .open(settings)
      .connect()
      .catch((thrown) => thrown);
    expect(error).toMatchObject({ reason: 'DATABASE_START_FAILED' });
    expect(error.message).toContain('shared_buffers');
  });

  it('fails a query that takes longer than queries may, as an outage, and goes on; where they may, it waits', async () => {
    const settings = await databases.settingsFor();
    const short = databases.open({ ...settings, queryMilliseconds: 500 });
    const { pool } = await short.connect();
    const late = await pool.query('SELECT pg_sleep(60)').catch((error: unknown) => error);
    expect(isConnectionLost(late)).toBe(true);
    // Its connection is given up with it: eight of these would take them all.
    expect(pool.totalCount).toBe(0);
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    const patient = await databases.open(settings).connect();
    await expect(patient.pool.query('SELECT pg_sleep(1)')).resolves.toMatchObject({ rowCount: 1 });
  });

  it(
    'waits ten seconds for a server that hangs to let it in, as an outage',
    { timeout: 60_000 },
    async () => {
      const settings = await databases.settingsFor();
      const database = databases.open(settings);
      const { pool } = await database.connect();
      const server = (await postmasterOf(join(settings.folder, 'data')))!;
      const busy = await pool.connect();
      process.kill(server, 'SIGSTOP');
      try {
        const failure = await pool.connect().catch((error: unknown) => error);
        expect(isConnectionLost(failure)).toBe(true);
      } finally {
        process.kill(server, 'SIGCONT');
        busy.release();
      }
    },
  );

  it('fails what a breaking connection was in the middle of, and goes on', async () => {
    const { pool } = await databases.open(await databases.settingsFor()).connect();
    const client = await pool.connect();
    // Without a listener of ours the event would end the process.
    const broken = new Promise((resolve) => client.once('end', resolve));
    expect(client.listenerCount('error')).toBeGreaterThan(0);
    await expect(client.query('SELECT pg_terminate_backend(pg_backend_pid())')).rejects.toThrow();
    await broken;
    client.release(true);
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });
});
