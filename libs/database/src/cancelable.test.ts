import type pg from 'pg';
import { describe, expect, it, vi } from 'vitest';
import { onCancelableConnection } from './cancelable.js';
import type { Database } from './database.js';
import { EmbeddingStore } from './embedding-store.js';
import { clusteredVectors } from './testing/clustered-vectors.js';
import { binaries, skipNote, testDatabases } from './testing/test-databases.js';
import { ensureVectorIndex } from './vector-index.js';

const databases = testDatabases();

/** Resolves when a statement that begins so waits in the server. */
async function waits(pool: pg.Pool, beginning: string): Promise<void> {
  for (;;) {
    const { rows } = await pool.query(
      "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND wait_event IS NOT NULL AND starts_with(query, $1)",
      [beginning],
    );
    if (rows.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function indexes(pool: pg.Pool): Promise<unknown[]> {
  const { rows } = await pool.query(
    "SELECT indisvalid AS valid FROM pg_index WHERE indexrelid::regclass::text ~ '^embedding_nearest_'",
  );
  return rows.map(({ valid }) => valid);
}

describe.skipIf(!binaries)(`work that a signal ends (${skipNote})`, { timeout: 120_000 }, () => {
  it('ends with the statement under way, and with the reason of the signal', async () => {
    const database = databases.open(await databases.settingsFor());
    const { pool } = await database.connect();
    const stop = new AbortController();
    const began = performance.now();
    const work = onCancelableConnection(database, stop.signal, (client) =>
      client.query('SELECT pg_sleep(100)'),
    );
    const failure = expect(work).rejects.toThrow('enough');
    await waits(pool, 'SELECT pg_sleep');
    stop.abort(new Error('enough'));
    await failure;
    expect(performance.now() - began).toBeLessThan(60_000);
    // The server says that it is idle a moment after it has said that the statement failed.
    await vi.waitFor(async () => {
      const { rows } = await pool.query(
        "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query ~ '^SELECT pg_sleep'",
      );
      expect(rows).toEqual([]);
    }, 10_000);
  });

  it('is not begun once the signal has aborted, and fails as it fails where it has not', async () => {
    const database = databases.open(await databases.settingsFor());
    let begun = 0;
    const count = async (): Promise<number> => ++begun;
    await expect(onCancelableConnection(database, AbortSignal.abort(new Error('no')), count)).rejects.toThrow(
      'no',
    );
    expect(begun).toBe(0);
    expect(await onCancelableConnection(database, new AbortController().signal, count)).toBe(1);
    const wrong = onCancelableConnection(database, undefined, (client) => client.query('SELECT nonsense()'));
    await expect(wrong).rejects.toThrow('nonsense');
  });

  it('leaves no invalid index where that was making one, and the next call makes it', async () => {
    const database = databases.open(await databases.settingsFor());
    const { model, pool } = await withVectors(database);
    // An index that is made concurrently waits for whoever still sees the rows of before.
    const reader = await pool.connect();
    await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await reader.query('SELECT count(*) FROM text');
    const stop = new AbortController();
    const options = { above: 0, helpers: 0 };
    const making = ensureVectorIndex(database, model, options, stop.signal);
    const failure = expect(making).rejects.toThrow('Ctrl-C');
    await waits(pool, 'CREATE INDEX CONCURRENTLY');
    expect(await indexes(pool)).toEqual([false]);
    stop.abort(new Error('Ctrl-C'));
    await failure;
    expect(await indexes(pool)).toEqual([]);
    await reader.query('ROLLBACK');
    reader.release();
    expect(await ensureVectorIndex(database, model, options)).toBe(true);
    expect(await indexes(pool)).toEqual([true]);
  });

  it('ends while it waits for another that makes the index, and leaves that one its index', async () => {
    const database = databases.open(await databases.settingsFor());
    const { model, pool } = await withVectors(database);
    const reader = await pool.connect();
    await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await reader.query('SELECT count(*) FROM text');
    const options = { above: 0, helpers: 0 };
    const making = ensureVectorIndex(database, model, options);
    await waits(pool, 'CREATE INDEX CONCURRENTLY');
    const stop = new AbortController();
    const second = ensureVectorIndex(database, model, options, stop.signal);
    const failure = expect(second).rejects.toThrow('Ctrl-C');
    stop.abort(new Error('Ctrl-C'));
    await failure;
    await reader.query('ROLLBACK');
    reader.release();
    expect(await making).toBe(true);
    expect(await indexes(pool)).toEqual([true]);
  });
});

async function withVectors(database: Database) {
  const store = new EmbeddingStore(database);
  const model = await store.model('m', 32);
  await store.put(model, clusteredVectors({ count: 500, width: 32 }, 1));
  return { model, pool: (await database.connect()).pool };
}
