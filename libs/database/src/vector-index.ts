import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { cancelable } from './cancelable.js';
import type { Database } from './database.js';
import type { StoredModel } from './embedding-store.js';

/** Vectors of one model above which an index is worth its making: below, reading all of them is quick, and finds all. */
export const INDEX_ABOVE = 100_000;

/** Advisory lock of whoever makes an index; the model's number is its second half. */
const INDEX_MAKING = 7_305_003;

const LOCK_POLL_MILLISECONDS = 200;

/** How long an index that was broken off waits for those who write, to be dropped: nobody else writes meanwhile. */
const DROP_MILLISECONDS = 5000;

/** Memory for the making, in MiB: an index that fits is made several times as fast. */
const DEFAULT_MEMORY_MIB = 512;

/** What an index takes. */
export interface IndexOptions {
  /** Vectors of the model above which there shall be one; default {@link INDEX_ABOVE}. */
  above?: number;
  /** Memory for the making, in MiB; default 512. */
  memoryMebibytes?: number;
  /** Processes that help to make it, 0 to 16; default 1. */
  helpers?: number;
}

/**
 * Makes the model's index (HNSW by cosine, pgvector's default m 16 and ef_construction 64) if it has more vectors than
 * `above` and no index yet. Writers go on meanwhile. Of several callers one makes it and the others wait. Resolves to
 * whether there is one now. What was made is lost when the signal aborts, and nothing of it stays behind.
 */
export async function ensureVectorIndex(
  database: Database,
  model: StoredModel,
  { above = INDEX_ABOVE, memoryMebibytes = DEFAULT_MEMORY_MIB, helpers = 1 }: IndexOptions = {},
  signal?: AbortSignal,
): Promise<boolean> {
  const { pool } = await database.connect();
  const client = await pool.connect();
  let isBegun = false;
  try {
    return await cancelable(pool, client, signal, async () => {
      await lock(client, model, signal);
      if ((await vectorIndexOf(client, model)) !== undefined) return true;
      if (!(await hasMoreThan(client, model, above))) return false;
      const name = indexName(model);
      await client.query(`SET maintenance_work_mem = '${Math.trunc(memoryMebibytes)}MB'`);
      await client.query(`SET max_parallel_maintenance_workers = ${Math.trunc(helpers)}`);
      // Where the server itself ended in the making, what it made stays behind, invalid.
      await client.query(`DROP INDEX IF EXISTS ${name}`);
      signal?.throwIfAborted();
      isBegun = true;
      await client.query(
        `CREATE INDEX CONCURRENTLY ${name} ON embedding ` +
          `USING hnsw ((vector::vector(${model.width})) vector_cosine_ops) WHERE model_id = ${model.id}`,
      );
      return true;
    });
  } catch (error) {
    if (isBegun) await dropUnfinished(client, model);
    throw error;
  } finally {
    // With its settings and its lock.
    client.release(true);
  }
}

/** Drops an index whose making was broken off, as whoever holds its lock; the next making does where this cannot. */
async function dropUnfinished(client: pg.ClientBase, model: StoredModel): Promise<void> {
  for (let tries = 0; tries < 2; tries++) {
    try {
      // A cancellation that comes late ends the first statement after it.
      await client.query(`SET lock_timeout = ${DROP_MILLISECONDS}`);
      if ((await vectorIndexOf(client, model)) !== undefined) return;
      await client.query(`DROP INDEX IF EXISTS ${indexName(model)}`);
      return;
    } catch {
      // Tried again, or left to the next.
    }
  }
}

/**
 * Asks again and again, since a statement that waits for a lock holds a snapshot, and making an index concurrently waits for
 * all snapshots to go: the two would wait for each other.
 */
async function lock(client: pg.ClientBase, { id }: StoredModel, signal?: AbortSignal): Promise<void> {
  for (;;) {
    signal?.throwIfAborted();
    const { rows } = await client.query('SELECT pg_try_advisory_lock($1, $2) AS got', [INDEX_MAKING, id]);
    if (rows[0].got) return;
    await sleep(LOCK_POLL_MILLISECONDS);
  }
}

/** The name of the model's index, or undefined where it has none that can be used. */
export async function vectorIndexOf(client: pg.ClientBase, model: StoredModel): Promise<string | undefined> {
  const { rows } = await client.query(
    'SELECT 1 FROM pg_index WHERE indexrelid = to_regclass($1) AND indisvalid AND indisready',
    [indexName(model)],
  );
  return rows.length > 0 ? indexName(model) : undefined;
}

function indexName({ id }: StoredModel): string {
  return `embedding_nearest_${id}`;
}

async function hasMoreThan(client: pg.ClientBase, { id }: StoredModel, count: number): Promise<boolean> {
  const { rows } = await client.query('SELECT 1 FROM embedding WHERE model_id = $1 OFFSET $2 LIMIT 1', [
    id,
    count,
  ]);
  return rows.length > 0;
}
