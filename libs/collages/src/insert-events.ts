import type pg from 'pg';
import type { StageEvent } from '@collage/pipeline/stage-event.js';
import { CollageEvent } from '@collage/proto/collage/v1/collage.js';

/**
 * Adds events to a collage's log, numbered from `first` on. The collage's row has to count them in the same transaction:
 * it is what the next number is taken from.
 */
export async function insertEvents(
  client: pg.ClientBase,
  id: string,
  first: number,
  events: readonly StageEvent[],
  now: Date,
): Promise<void> {
  const bodies = events.map((event, index) =>
    JSON.stringify(CollageEvent.toJSON({ sequence: first + index, event })),
  );
  await client.query(
    `INSERT INTO collage_event (collage_id, sequence, body, created_at)
     SELECT $1, $2 + place - 1, body::json, $3 FROM unnest($4::text[]) WITH ORDINALITY AS given(body, place)`,
    [id, first, now, bodies],
  );
}
