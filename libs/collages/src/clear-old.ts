import type { Database } from '@collage/database/database.js';

/**
 * Removes the events of collages that ended before a moment, all but each one's last: whoever asks for them still hears how
 * it ended. Resolves to how many were removed.
 */
export async function clearEvents(database: Database, before: Date): Promise<number> {
  return count(
    database,
    `DELETE FROM collage_event USING collage
     WHERE collage.id = collage_id AND finished_at < $1 AND sequence < event_count`,
    before,
  );
}

/**
 * Forgets what the stages of collages left that ended before a moment, and what these began with where they went on from
 * another: they can't be gone on from any more. Resolves to how many stages that were.
 */
export async function clearStages(database: Database, before: Date): Promise<number> {
  await count(
    database,
    `UPDATE collage SET base_digest = NULL, base_named_digests = NULL
     WHERE finished_at < $1 AND base_digest IS NOT NULL`,
    before,
  );
  return count(
    database,
    'DELETE FROM collage_stage USING collage WHERE collage.id = collage_id AND collage.finished_at < $1',
    before,
  );
}

/** Removes collages that ended before a moment, with all that belongs to them. */
export async function clearCollages(database: Database, before: Date): Promise<number> {
  return count(database, 'DELETE FROM collage WHERE finished_at < $1', before);
}

async function count(database: Database, statement: string, before: Date): Promise<number> {
  const { pool } = await database.connect();
  const { rowCount } = await pool.query(statement, [before]);
  return rowCount ?? 0;
}
