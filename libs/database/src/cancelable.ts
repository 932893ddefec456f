import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Database } from './database.js';

/** A cancellation that comes before its statement is lost; so it is sent until the work has ended. */
const CANCEL_AGAIN_MILLISECONDS = 200;

/**
 * Work on a connection, whose statement under way ends when the signal aborts, however long it would take or wait: for
 * statements over millions of rows. The connection can be used on, outside of a transaction that the work left.
 * @throws the signal's reason once it aborts; else what the work throws
 */
export async function cancelable<T>(
  pool: pg.Pool,
  client: pg.PoolClient,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const ended = new AbortController();
  let canceling: Promise<void> | undefined;
  const onAbort = (): void => void (canceling = keepCanceling(pool, client, ended.signal));
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await work();
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    ended.abort();
    await canceling;
  }
}

/** {@link cancelable} on a connection of the pool, closed after an abort: a cancellation may still be under way. */
export async function onCancelableConnection<T>(
  database: Database,
  signal: AbortSignal | undefined,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const { pool } = await database.connect();
  const client = await pool.connect();
  try {
    return await cancelable(pool, client, signal, () => work(client));
  } finally {
    client.release(signal?.aborted);
  }
}

async function keepCanceling(pool: pg.Pool, client: pg.PoolClient, ended: AbortSignal): Promise<void> {
  // node-postgres has the number of the server's process that serves a connection; its types do not.
  const { processID } = client as unknown as { processID: number };
  while (!ended.aborted) {
    // Where the server is gone the statement has ended with it.
    await pool.query('SELECT pg_cancel_backend($1)', [processID]).catch(() => {});
    await sleep(CANCEL_AGAIN_MILLISECONDS, undefined, { signal: ended }).catch(() => {});
  }
}
