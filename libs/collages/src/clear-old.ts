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

/** Pictures of other sizes that were drawn, or cannot be. */
const DRAWN = '(digest IS NOT NULL OR failure IS NOT NULL)';

/**
 * Forgets pictures of other sizes that were asked for before a moment: whoever asks for one again has it drawn again.
 * Resolves to how many were forgotten.
 */
export async function clearPictures(database: Database, before: Date): Promise<number> {
  return count(database, `DELETE FROM collage_picture WHERE asked_at < $1 AND ${DRAWN}`, before);
}

/** The same of the older half of these. */
export async function clearOlderPictures(database: Database, before: Date): Promise<number> {
  return count(
    database,
    `WITH old AS (SELECT collage_id, height, media_type, asked_at FROM collage_picture WHERE asked_at < $1 AND ${DRAWN})
     DELETE FROM collage_picture WHERE (collage_id, height, media_type) IN (
       SELECT collage_id, height, media_type FROM old ORDER BY asked_at LIMIT (SELECT (count(*) + 1) / 2 FROM old))`,
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
