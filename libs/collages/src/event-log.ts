import type pg from 'pg';
import type { Database } from '@collage/database/database.js';
import { countSkipped } from '@collage/pipeline/count-skipped.js';
import type { StageName } from '@collage/pipeline/stage-steps.js';
import type { StageEvent } from '@collage/pipeline/stage-event.js';
import {
  Collage,
  Collage_State as State,
  collage_StateToJSON,
  CollageEvent,
  CollageEvent_Skipped,
} from '@collage/proto/collage/v1/collage.js';
import { isCollageId } from './collage-id.js';
import { CollagesError, unknownCollage } from './collages-error.js';
import { inTransaction } from './in-transaction.js';
import { insertEvents } from './insert-events.js';
import { STAGE_VERSION } from './stage-version.js';
import { whatEventsChange } from './what-events-change.js';

/** Channel on which "id sequence" says that a collage has events up to that number; 0: it was deleted. */
export const EVENT_CHANNEL = 'collage_event';
/** Channel on which workers hear the id of a collage that is no longer to be made. */
export const STOPPED_CHANNEL = 'collage_stopped';
/** Channel on which senders of webhooks hear the id of a collage that has ended, and whose client is to be told. */
export const TO_TELL_CHANNEL = 'collage_to_tell';

/** A stage that ended: recorded with the events that say so, or not at all. */
export interface FinishedStage {
  stage: StageName;
  /** SHA-256 of the UnfinishedCollage it left, in the blob store. */
  outputDigest: string;
  /** What that names in the blob store. */
  namedDigests: readonly string[];
  /** The collage as it is now. */
  collage: Collage;
}

/**
 * What happened to collages. Numbers are given in the transaction that writes the events, from the collage's own row:
 * so they are without gaps and in the order of commits, whoever writes. Nothing is written after a collage has ended. The
 * first event is written with the row itself, by the store.
 */
export class EventLog {
  constructor(
    private readonly database: Database,
    private readonly now: () => Date,
  ) {}

  /**
   * Writes events after those there are, and what they say into the collage's row. With `finished`, the end of a stage in
   * the same transaction. Resolves to the number of the last one.
   * @param run the number that {@link beginRun} gave
   * @throws CollagesError COLLAGE_UNKNOWN where it was deleted, COLLAGE_ENDED where it was cancelled, COLLAGE_TAKEN_OVER
   */
  async append(
    id: string,
    run: number,
    events: readonly StageEvent[],
    finished?: FinishedStage,
  ): Promise<number> {
    const { pool } = await this.database.connect();
    return inTransaction(pool, async (client) => {
      const last = await this.write(client, id, run, events, finished?.collage);
      if (last === undefined) throw await refusalOf(client, id);
      if (finished) {
        // A second time is impossible but for a fault of ours: the key refuses it, and nothing of this is written.
        await client.query(
          'INSERT INTO collage_stage (collage_id, stage, output_digest, named_digests, finished_at) ' +
            'VALUES ($1, $2, $3, $4, $5)',
          [id, finished.stage, finished.outputDigest, finished.namedDigests, this.now()],
        );
        await client.query('DELETE FROM collage_checkpoint WHERE collage_id = $1', [id]);
      }
      return last;
    });
  }

  /**
   * Ends a collage by request, at once: whoever makes it is refused its next event. False where it had ended before.
   * @throws CollagesError COLLAGE_UNKNOWN
   */
  async cancel(id: string, owner?: string): Promise<boolean> {
    if (!isCollageId(id)) throw unknownCollage(id);
    const { pool } = await this.database.connect();
    return inTransaction(pool, async (client) => {
      const { rows } = await client.query<{ run: number; ended: boolean }>(
        'SELECT run, finished_at IS NOT NULL AS ended FROM collage ' +
          'WHERE id = $1 AND owner = coalesce($2, owner) FOR UPDATE',
        [id, owner ?? null],
      );
      if (rows.length === 0) throw unknownCollage(id);
      if (rows[0]!.ended) return false;
      await this.write(client, id, rows[0]!.run, [{ $case: 'cancelled', value: {} }]);
      await client.query('SELECT pg_notify($1, $2)', [STOPPED_CHANNEL, id]);
      return true;
    });
  }

  /** A collage's events after a number, in order, at most `limit`. An unknown collage has none. */
  async read(id: string, after: number, limit = 500): Promise<CollageEvent[]> {
    const { pool } = await this.database.connect();
    const { rows } = await pool.query<{ body: unknown }>(
      'SELECT body FROM collage_event WHERE collage_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3',
      [id, after, limit],
    );
    return rows.map(({ body }) => CollageEvent.fromJSON(body));
  }

  /** Whether nothing comes after this number: the collage has ended with it, or is not there. */
  async isOver(id: string, after: number): Promise<boolean> {
    const { pool } = await this.database.connect();
    const { rows } = await pool.query(
      'SELECT 1 FROM collage WHERE id = $1 AND (finished_at IS NULL OR event_count > $2)',
      [id, after],
    );
    return rows.length === 0;
  }

  /**
   * Begins, or goes on with, making a collage: from here on what an earlier worker writes is refused. What stages of
   * another version left is dropped: it cannot be read. What it begins with stays as it is, and so does its version.
   * @throws CollagesError COLLAGE_UNKNOWN, COLLAGE_ENDED
   */
  async beginRun(id: string, stageVersion = STAGE_VERSION): Promise<number> {
    const { pool } = await this.database.connect();
    return inTransaction(pool, async (client) => {
      const { rows } = await client.query<{ run: number; stage_version: string | null }>(
        'SELECT run, stage_version FROM collage WHERE id = $1 AND finished_at IS NULL FOR UPDATE',
        [id],
      );
      const [row] = rows;
      if (row === undefined) throw await refusalOf(client, id);
      if (row.stage_version !== null && row.stage_version !== stageVersion) {
        await client.query('DELETE FROM collage_stage WHERE collage_id = $1', [id]);
        await client.query('DELETE FROM collage_checkpoint WHERE collage_id = $1', [id]);
      }
      await client.query(
        `UPDATE collage SET run = run + 1, started_at = coalesce(started_at, $3), updated_at = $3,
           stage_version = CASE WHEN base_digest IS NULL THEN $2 ELSE coalesce(stage_version, $2) END
         WHERE id = $1`,
        [id, stageVersion, this.now()],
      );
      return row.run + 1;
    });
  }

  /** The stages of a collage that have ended, with what each left. */
  async finishedStages(id: string): Promise<Map<StageName, string>> {
    const { pool } = await this.database.connect();
    const { rows } = await pool.query<{ stage: StageName; output_digest: string }>(
      'SELECT stage, output_digest FROM collage_stage WHERE collage_id = $1',
      [id],
    );
    return new Map(rows.map(({ stage, output_digest }) => [stage, output_digest]));
  }

  /** The number of the last event written; undefined where the row would not have it. */
  private async write(
    client: pg.ClientBase,
    id: string,
    run: number,
    events: readonly StageEvent[],
    atStageEnd?: Collage,
  ): Promise<number | undefined> {
    const { state, ends, collage = atStageEnd, rendered, failure } = whatEventsChange(events);
    const now = this.now();
    const { rows } = await client.query<{ event_count: number; collage: unknown }>(
      `UPDATE collage SET event_count = event_count + $3, state = coalesce($4, state), collage = coalesce($5, collage),
         picture_digest = coalesce($6, picture_digest), picture_media_type = coalesce($7, picture_media_type),
         picture_width = coalesce($8, picture_width), picture_height = coalesce($9, picture_height),
         updated_at = $10, finished_at = CASE WHEN $11 THEN $10::timestamptz END
       WHERE id = $1 AND run = $2 AND finished_at IS NULL RETURNING event_count, collage`,
      [
        id,
        run,
        events.length,
        state === undefined ? null : collage_StateToJSON(state),
        collage === undefined ? null : JSON.stringify(Collage.toJSON(collage)),
        rendered?.pictureDigest ?? null,
        rendered?.mediaType ?? null,
        rendered?.width ?? null,
        rendered?.height ?? null,
        now,
        ends,
      ],
    );
    if (rows.length === 0) return undefined;
    const last = rows[0]!.event_count;
    await insertEvents(client, id, last - events.length + 1, events, now);
    if (failure) await writeFailure(client, id, rows[0]!.collage, failure);
    if (ends) await writeToTell(client, id);
    await client.query('SELECT pg_notify($1, $2)', [EVENT_CHANNEL, `${id} ${last}`]);
    return last;
  }
}

/** A failed collage says why, and what the stage that failed left out. */
async function writeFailure(
  client: pg.ClientBase,
  id: string,
  stored: unknown,
  { reason, message }: { reason: string; message: string },
): Promise<void> {
  const collage = Collage.fromJSON(stored);
  const skipped = countSkipped(await skippedSinceLastStage(client, id), collage.skipped);
  const failed = { ...collage, skipped, state: State.FAILED, failureReason: reason, failureMessage: message };
  await client.query('UPDATE collage SET collage = $2 WHERE id = $1', [
    id,
    JSON.stringify(Collage.toJSON(failed)),
  ]);
}

/** What was left out since a stage last began or ended: the collage has counted what was before. */
async function skippedSinceLastStage(client: pg.ClientBase, id: string): Promise<CollageEvent_Skipped[]> {
  // As text: PostgreSQL does not read all that JSON may hold ("\\u0000").
  const { rows } = await client.query<{ body: unknown }>(
    `SELECT body FROM collage_event
     WHERE collage_id = $1 AND body::text ~ '"(skipped|stageStarted|stageFinished)"' ORDER BY sequence`,
    [id],
  );
  const events = rows.map(({ body }) => CollageEvent.fromJSON(body).event);
  const stage = events.findLastIndex((event) =>
    ['stageStarted', 'stageFinished'].includes(event?.$case ?? ''),
  );
  return events.slice(stage + 1).flatMap((event) => (event?.$case === 'skipped' ? [event.value] : []));
}

/** Whom to tell of an end is written with the end: due at once, whatever the clock of who tells. */
async function writeToTell(client: pg.ClientBase, id: string): Promise<void> {
  await client.query(
    `WITH told AS (INSERT INTO webhook_delivery (collage_id, next_try_at)
       SELECT id, '-infinity' FROM collage WHERE id = $1 AND webhook_url IS NOT NULL
       ON CONFLICT DO NOTHING RETURNING collage_id)
     SELECT pg_notify($2, collage_id) FROM told`,
    [id, TO_TELL_CHANNEL],
  );
}

/** Why a collage takes no events. */
async function refusalOf(client: pg.ClientBase, id: string): Promise<CollagesError> {
  const { rows } = await client.query<{ ended: boolean; state: string }>(
    'SELECT finished_at IS NOT NULL AS ended, state FROM collage WHERE id = $1',
    [id],
  );
  if (rows.length === 0) return unknownCollage(id);
  if (rows[0]!.ended) {
    return new CollagesError(
      'COLLAGE_ENDED',
      `Collage ${id} has ended: ${rows[0]!.state}. Ask for a new one.`,
    );
  }
  return new CollagesError('COLLAGE_TAKEN_OVER', `Another worker makes collage ${id}; this one stops.`);
}
