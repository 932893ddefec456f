import type pg from 'pg';
import type { Database } from '@collage/database/database.js';
import { clearCollages, clearEvents, clearStages } from './clear-old.js';
import { type SweepableBlobs, type Swept, sweepBlobs } from './sweep-blobs.js';

/** Advisory lock of whoever keeps house. */
const KEEPING_HOUSE = 7_305_014;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Where room is short, blobs that nobody names are kept for this long at least: a stage may be about to name them. */
const URGENT_HOURS = 2;

/** How long things are kept after a collage's end; 0: for ever. */
export interface Retention {
  eventDays: number;
  stageDays: number;
  collageDays: number;
  /** Of blobs that no collage names; at least 1. */
  unusedHours: number;
  /** Bytes that all blobs may take; 0: no limit. */
  budgetBytes: number;
}

/** What one round removed. */
export interface Kept extends Swept {
  events: number;
  stages: number;
  collages: number;
  /** More is stored than the budget allows, and nothing more can be cleared away. */
  isOverBudget: boolean;
}

/**
 * One round of housekeeping: clears away what is due. Where the blobs take more than the budget, what stages left of all
 * collages that have ended is let go of as well, whatever its age; pictures, photos and cut-outs of collages stay. Any
 * number of workers may call it: one at a time does it, for the others it is undefined.
 * @param everyMilliseconds undefined, and nothing done, where a round of anybody's began less long ago
 */
export async function keepHouse(
  database: Database,
  blobs: SweepableBlobs,
  retention: Retention,
  now: Date,
  everyMilliseconds = 0,
): Promise<Kept | undefined> {
  const { pool } = await database.connect();
  const client = await pool.connect();
  try {
    const { rows } = await client.query('SELECT pg_try_advisory_lock($1) AS got', [KEEPING_HOUSE]);
    if (!rows[0].got || !(await begins(client, now, everyMilliseconds))) return undefined;
    const { eventDays, stageDays, collageDays, unusedHours, budgetBytes } = retention;
    const ago = (milliseconds: number) => new Date(now.getTime() - milliseconds);
    const collages = collageDays === 0 ? 0 : await clearCollages(database, ago(collageDays * DAY));
    const events = eventDays === 0 ? 0 : await clearEvents(database, ago(eventDays * DAY));
    let stages = stageDays === 0 ? 0 : await clearStages(database, ago(stageDays * DAY));
    const limit = budgetBytes === 0 ? Infinity : budgetBytes;
    const swept = await sweepBlobs(pool, blobs, {
      now,
      condemnedBefore: ago(unusedHours * HOUR),
      budgetBytes: limit,
      urgentBefore: ago(Math.min(unusedHours, URGENT_HOURS) * HOUR),
    });
    const isOverBudget = swept.storedBytes > limit;
    // What they named is condemned in the next round, and deleted in one after that.
    if (isOverBudget) stages += await clearStages(database, now);
    return { ...swept, collages, events, stages, isOverBudget };
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [KEEPING_HOUSE]).catch(() => {});
    client.release();
  }
}

/** Takes note that a round begins; false where the last one began too lately. One from the future is of a wrong clock. */
async function begins(client: pg.ClientBase, now: Date, everyMilliseconds: number): Promise<boolean> {
  const { rowCount } = await client.query(
    `INSERT INTO housekeeping (kept_at) VALUES ($1) ON CONFLICT (only_row) DO UPDATE SET kept_at = $1
     WHERE housekeeping.kept_at <= $2 OR housekeeping.kept_at > $1`,
    [now, new Date(now.getTime() - everyMilliseconds)],
  );
  return rowCount === 1;
}
