import type pg from 'pg';
import { isConnectionLost } from '@collage/database/connection-lost.js';

/** Runs work on one connection, all of it or, when it throws, none. */
export async function inTransaction<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    // A server that does not answer would not answer this either, and only take as long once more.
    if (isConnectionLost(error)) broken = error as Error;
    else await client.query('ROLLBACK').catch((reason: Error) => (broken = reason));
    throw error;
  } finally {
    // One that cannot roll back is not used again.
    client.release(broken);
  }
}
