import type { Database } from '@collage/database/database.js';

/** How many collages there are in each state, by the state's proto3 name: for metrics. */
export async function countCollages(database: Database): Promise<Map<string, number>> {
  const { pool } = await database.connect();
  const { rows } = await pool.query<{ state: string; count: number }>(
    'SELECT state, count(*)::int AS count FROM collage GROUP BY state',
  );
  return new Map(rows.map(({ state, count }) => [state, count]));
}
