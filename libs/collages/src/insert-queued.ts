import type pg from 'pg';
import { insertEvents } from './insert-events.js';

/**
 * Writes event 1 of a collage whose row has just been inserted by this transaction and counts it already. Nobody is
 * notified: whoever could follow the collage learns its id after the commit.
 */
export async function insertQueued(
  client: pg.ClientBase,
  { id, turn }: { id: string; turn: number },
  now: Date,
): Promise<void> {
  // In the order in which workers take them up.
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM collage
     WHERE started_at IS NULL AND finished_at IS NULL AND (turn, id) < ($1::int, $2::text)`,
    [turn, id],
  );
  await insertEvents(client, id, 1, [{ $case: 'queued', value: { aheadCount: rows[0]!.count } }], now);
}
