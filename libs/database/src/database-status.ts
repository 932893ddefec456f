import { join } from 'node:path';
import { countRows } from './count-rows.js';
import { isThere } from './data-folder.js';
import type { Database } from './database.js';

/** What a person may want to know about the database, a line each. One that was never made is not made for this. */
export async function describeDatabase(database: Database): Promise<string[]> {
  const { databaseUrl, folder } = database.settings;
  const data = join(folder, 'data');
  if (!databaseUrl && !(await isThere(data))) {
    return [`No database yet: ${data} is made when one is first needed.`];
  }
  const { pool } = await database.connect();
  const { rows } = await pool.query<Record<'server' | 'vector' | 'name' | 'size' | 'users', string>>(
    "SELECT current_setting('server_version') AS server, current_database() AS name, " +
      "(SELECT extversion FROM pg_extension WHERE extname = 'vector') AS vector, " +
      'pg_size_pretty(pg_database_size(current_database())) AS size, ' +
      "(SELECT count(DISTINCT pid) FROM pg_stat_activity WHERE application_name = 'collage: in use') AS users",
  );
  const { server, vector, name, size, users } = rows[0]!;
  const place = databaseUrl
    ? `the server of DATABASE_URL, database ${name}`
    : `embedded, programs of ${(await database.findBinaries()).source}, in ${data}, ${Number(users) - 1} other users`;
  return [
    `PostgreSQL ${server}, pgvector ${vector}: ${place}`,
    `size ${size}`,
    ...(await countRows(pool)).map(({ table, rows }) => `${table}: ${rows} rows`),
    ...(await describeModels(database)),
  ];
}

async function describeModels(database: Database): Promise<string[]> {
  const { pool } = await database.connect();
  const { rows } = await pool.query<{ digest: string; width: number; indexed: boolean; count: string }>(
    'SELECT digest, width, (SELECT count(*) FROM embedding WHERE model_id = id) AS count, ' +
      "EXISTS (SELECT 1 FROM pg_index WHERE indexrelid = to_regclass('embedding_nearest_' || id) AND indisvalid) AS indexed " +
      'FROM model ORDER BY id',
  );
  return rows.map(
    ({ digest, width, indexed, count }) =>
      `model ${digest}: ${count} vectors of width ${width}, searched ${indexed ? 'by index' : 'exactly'}`,
  );
}
