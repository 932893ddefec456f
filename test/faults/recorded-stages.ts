import { collage_StateToJSON } from '@collage/proto/collage/v1/collage.js';
import { stageNames, stageSteps } from '@collage/pipeline/stage-steps.js';
import type { TestService } from './test-service.js';

/** What is stored of the making of all collages. */
export interface Recorded {
  /** Faults, a sentence each: stages or Queued not recorded exactly once, event numbers with gaps or twice. */
  wrong: string[];
  /** How often a collage was taken up again after the first time. */
  takenUpAgain: number;
  /** Waiting events by reason. */
  waits: Record<string, number>;
}

/** Looks at the tables themselves: each stage of each collage once, in rows and in events; Queued first; events without gaps. */
export async function recordedStages(service: TestService, collageCount: number): Promise<Recorded> {
  const wrong: string[] = [];
  const rows = await service.query<{ id: string; stages: string[] }>(
    'SELECT collage_id AS id, array_agg(stage ORDER BY stage) AS stages FROM collage_stage GROUP BY 1',
  );
  const events = await service.query<{ id: string; stages: string[] }>(
    `SELECT collage_id AS id, array_agg(state ORDER BY state) AS stages
     FROM (SELECT collage_id, body->'stageFinished'->>'state' AS state FROM collage_event) e
     WHERE state IS NOT NULL GROUP BY 1`,
  );
  const states = stageSteps.map(({ state }) => collage_StateToJSON(state));
  for (const [what, found, expected] of [
    ['rows', rows, [...stageNames].sort()],
    ['StageFinished events', events, states.sort()],
  ] as const) {
    if (found.length !== collageCount) wrong.push(`${what} of ${found.length} collages, not ${collageCount}`);
    for (const { id, stages } of found) {
      if (stages.join() !== expected.join()) wrong.push(`${what} of ${id}: ${stages.join(', ')}`);
    }
  }
  const gaps = await service.query<{ id: string }>(
    `SELECT id FROM collage LEFT JOIN collage_event ON collage_id = id GROUP BY id
     HAVING count(sequence) <> event_count OR max(sequence) <> event_count OR min(sequence) <> 1`,
  );
  wrong.push(...gaps.map(({ id }) => `the events of ${id} have gaps`));
  const queued = await service.query<{ id: string }>(
    `SELECT id FROM collage WHERE (SELECT array_agg(sequence) FROM collage_event
       WHERE collage_id = id AND body->'queued' IS NOT NULL) IS DISTINCT FROM '{1}'`,
  );
  wrong.push(...queued.map(({ id }) => `Queued is not event 1, and that alone, of ${id}`));
  const [runs] = await service.query<{ again: number }>('SELECT sum(run - 1)::int AS again FROM collage');
  const waits = await service.query<{ reason: string; count: number }>(
    `SELECT body->'waiting'->>'reason' AS reason, count(*)::int AS count FROM collage_event
     WHERE body->'waiting' IS NOT NULL GROUP BY 1`,
  );
  return {
    wrong,
    takenUpAgain: runs!.again,
    waits: Object.fromEntries(waits.map(({ reason, count }) => [reason, count])),
  };
}
