import type pg from 'pg';

/** A table of ours, and its rows. */
export interface TableRows {
  /** With its schema where that is not "public". */
  table: string;
  rows: number;
}

/** Counts the rows of every table but the list of migrations, exactly: that reads them all. */
export async function countRows(pool: pg.Pool): Promise<TableRows[]> {
  const { rows: tables } = await pool.query<{ schema: string; name: string; quoted: string }>(
    "SELECT schemaname AS schema, tablename AS name, format('%I.%I', schemaname, tablename) AS quoted FROM pg_tables " +
      "WHERE schemaname !~ '^pg_' AND schemaname <> 'information_schema' AND tablename <> 'migration' ORDER BY 1, 2",
  );
  const counted: TableRows[] = [];
  for (const { schema, name, quoted } of tables) {
    const { rows } = await pool.query<{ count: string }>(`SELECT count(*) FROM ${quoted}`);
    counted.push({ table: schema === 'public' ? name : `${schema}.${name}`, rows: Number(rows[0]!.count) });
  }
  return counted;
}
