import type pg from 'pg';
import type { Database } from '@collage/database/database.js';
import { clearCollages, clearEvents, clearOlderPictures, clearPictures, clearStages } from './clear-old.js';
import { type SweepableBlobs, type Swept, sweepBlobs } from './sweep-blobs.js';
import { type SweepableCache, sweepCache } from './sweep-cache.js';

/** Advisory lock of whoever keeps house. */
const KEEPING_HOUSE = 7_305_014;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A round noted further ahead than this is of a clock that was wrong; clocks that are right differ less. */
const CLOCK_TOLERANCE = 5 * 60_000;
/** Where room is short, blobs that nobody names are kept for this long at least: a stage may be about to name them. */
const URGENT_HOURS = 2;

/** Of the budget, what a cache may take. */
export const CACHE_SHARE = 0.1;

/** How long things are kept after a collage's end; 0: for ever. */
export interface Retention {
  eventDays: number;
  /** Of what stages left; of pictures of other sizes since they were asked for; of what models computed since they did. */
  stageDays: number;
  collageDays: number;
  /** Of blobs that no collage names; at least 1. */
  unusedHours: number;
  /** Bytes that blobs and what models computed may take; 0: no limit. */
  budgetBytes: number;
}

/** Where what housekeeping deletes is kept. */
export interface SweepableStores {
  blobs: SweepableBlobs;
  /** What models computed. */
  derived: SweepableCache;
}

/** What one round removed. */
export interface Kept extends Swept {
  events: number;
  stages: number;
  /** Of other sizes than they were made in. */
  pictures: number;
  /** Results of models. */
  derived: number;
  /** Bytes that these take now, besides the blobs. */
  derivedBytes: number;
  collages: number;
  /** When the round began. */
  at: Date;
  /** More is stored than the budget allows, and nothing more can be cleared away. */
  isOverBudget: boolean;
}

/** When rounds are due, and by which clock. */
export interface Rhythm {
  /** A round is due where the last that succeeded, whoever did it, began so long ago; absent: always. */
  everyMilliseconds?: number;
  /** The time; absent: the database's, which is the same for all workers. */
  now?: Date;
}

/**
 * One round of housekeeping: clears away what is due. Of what models computed, no more than a tenth of the budget is kept.
 * Where what collages name takes more than the rest, more is let go of, whatever its age: of the pictures of other sizes
 * the older half in each round, and where none are left, what stages left of all collages that have ended. Pictures,
 * photos and cut-outs of collages, and uploads, stay.
 *
 * Any number of workers may call it: one at a time does it, for the others it is undefined. So it is, and nothing done,
 * where no round is due; one that fails leaves it due, for the next who looks.
 */
export async function keepHouse(
  database: Database,
  { blobs, derived }: SweepableStores,
  retention: Retention,
  rhythm: Rhythm = {},
): Promise<Kept | undefined> {
  const { pool } = await database.connect();
  const client = await pool.connect();
  try {
    const { rows } = await client.query('SELECT pg_try_advisory_lock($1) AS got', [KEEPING_HOUSE]);
    if (!rows[0].got) return undefined;
    const now = rhythm.now ?? (await timeOf(client));
    if (!(await isDue(client, now, rhythm.everyMilliseconds ?? 0))) return undefined;
    const { eventDays, stageDays, collageDays, unusedHours, budgetBytes } = retention;
    const ago = (milliseconds: number) => new Date(now.getTime() - milliseconds);
    const collages = collageDays === 0 ? 0 : await clearCollages(database, ago(collageDays * DAY));
    const events = eventDays === 0 ? 0 : await clearEvents(database, ago(eventDays * DAY));
    const longAgo = stageDays === 0 ? new Date(0) : ago(stageDays * DAY);
    let stages = await clearStages(database, longAgo);
    let pictures = await clearPictures(database, longAgo);
    const budget = budgetBytes === 0 ? Infinity : budgetBytes;
    const results = await sweepCache(derived, { before: longAgo, limitBytes: CACHE_SHARE * budget });
    const limit = budget - results.storedBytes;
    const urgentBefore = ago(Math.min(unusedHours, URGENT_HOURS) * HOUR);
    const swept = await sweepBlobs(pool, blobs, {
      now,
      condemnedBefore: ago(unusedHours * HOUR),
      budgetBytes: limit,
      urgentBefore,
    });
    // What they named is condemned in the next round, and deleted in one after that: till then it does not count.
    if (swept.namedBytes > limit) {
      const cleared = await clearOlderPictures(database, urgentBefore);
      pictures += cleared;
      if (cleared === 0) stages += await clearStages(database, now);
    }
    await note(client, now);
    return {
      ...swept,
      collages,
      events,
      stages,
      pictures,
      derived: results.deletedCount,
      derivedBytes: results.storedBytes,
      at: now,
      isOverBudget: swept.storedBytes > limit,
    };
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [KEEPING_HOUSE]).catch(() => {});
    client.release();
  }
}

async function timeOf(client: pg.ClientBase): Promise<Date> {
  const { rows } = await client.query<{ now: Date }>('SELECT now()');
  return rows[0]!.now;
}

/** Whether the last round began long enough ago. */
async function isDue(client: pg.ClientBase, now: Date, everyMilliseconds: number): Promise<boolean> {
  const { rows } = await client.query<{ kept_at: Date }>('SELECT kept_at FROM housekeeping');
  if (!rows[0]) return true;
  const ago = now.getTime() - rows[0].kept_at.getTime();
  return ago >= everyMilliseconds || ago < -CLOCK_TOLERANCE;
}

/** Takes note of a round that succeeded: of when it began. */
async function note(client: pg.ClientBase, began: Date): Promise<void> {
  await client.query(
    'INSERT INTO housekeeping (kept_at) VALUES ($1) ON CONFLICT (only_row) DO UPDATE SET kept_at = $1',
    [began],
  );
}
