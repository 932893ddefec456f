import type pg from 'pg';
import { inTransaction } from './in-transaction.js';

/** A store whose blobs can be listed and deleted. */
export interface SweepableBlobs {
  list(): AsyncIterable<{ digest: string; sizeBytes: number }>;
  delete(digest: string): Promise<void>;
}

/** What a sweep found and did. */
export interface Swept {
  storedBytes: number;
  /** Of these, what is named: what no later sweep deletes unless less is named then. */
  namedBytes: number;
  deletedCount: number;
  deletedBytes: number;
}

/**
 * Where blobs are named. A table that names others adds a line here: what nobody names is deleted. A collage's JSON holds
 * digests of models as well, which are no blobs and do no harm.
 */
const NAMED = [
  'SELECT picture_digest FROM collage WHERE picture_digest IS NOT NULL',
  'SELECT base_digest FROM collage WHERE base_digest IS NOT NULL',
  'SELECT unnest(base_named_digests) FROM collage',
  "SELECT found[1] FROM collage, regexp_matches(collage::text, '[0-9a-f]{64}', 'g') found",
  'SELECT output_digest FROM collage_stage',
  'SELECT unnest(named_digests) FROM collage_stage',
  'SELECT digest FROM uploaded_photo',
  'SELECT digest FROM collage_picture WHERE digest IS NOT NULL',
];
const BATCH = 500;

/**
 * Mark and sweep: blobs that no collage names are condemned, and deleted when that was so for long enough in a row. What is
 * used meanwhile, by a collage that does not name it yet, is reprieved (`reprieving-blobs.ts`).
 * @param condemnedBefore those condemned by then are deleted
 * @param budgetBytes above this, those that `urgentBefore` knew are deleted as well, the oldest first
 */
export async function sweepBlobs(
  pool: pg.Pool,
  blobs: SweepableBlobs,
  {
    now,
    condemnedBefore,
    budgetBytes = Infinity,
    urgentBefore,
  }: { now: Date; condemnedBefore: Date; budgetBytes?: number; urgentBefore: Date },
): Promise<Swept> {
  const { sizes, storedBytes, namedBytes } = await condemn(pool, blobs, now);
  const swept: Swept = { storedBytes, namedBytes, deletedCount: 0, deletedBytes: 0 };
  const { rows } = await pool.query<{ digest: string; due: boolean }>(
    `SELECT digest, condemned_at <= $1 AS due FROM condemned_blob WHERE condemned_at <= greatest($1, $2)
     ORDER BY condemned_at, digest`,
    [condemnedBefore, urgentBefore],
  );
  for (const { digest, due } of rows) {
    if (!due && swept.storedBytes <= budgetBytes) continue;
    if (!(await deleteCondemned(pool, blobs, digest))) continue;
    const bytes = sizes.get(digest) ?? 0;
    swept.deletedCount++;
    swept.deletedBytes += bytes;
    swept.storedBytes -= bytes;
  }
  return swept;
}

/** Brings the list of condemned blobs up to date; resolves to the sizes of those on it. */
async function condemn(
  pool: pg.Pool,
  blobs: SweepableBlobs,
  now: Date,
): Promise<{ sizes: Map<string, number>; storedBytes: number; namedBytes: number }> {
  const client = await pool.connect();
  const sizes = new Map<string, number>();
  let [storedBytes, namedBytes] = [0, 0];
  try {
    await client.query('CREATE TEMP TABLE named_blob (digest text PRIMARY KEY)');
    for (const query of NAMED) {
      await client.query(`INSERT INTO named_blob ${query} ON CONFLICT DO NOTHING`);
    }
    await client.query(
      'DELETE FROM condemned_blob USING named_blob WHERE condemned_blob.digest = named_blob.digest',
    );
    let batch: { digest: string; sizeBytes: number }[] = [];
    const flush = async () => {
      const { rows } = await client.query<{ digest: string }>(
        `SELECT listed.digest FROM unnest($1::text[]) AS listed(digest)
         WHERE NOT EXISTS (SELECT FROM named_blob WHERE named_blob.digest = listed.digest)`,
        [batch.map(({ digest }) => digest)],
      );
      const unnamed = new Set(rows.map(({ digest }) => digest));
      await client.query('INSERT INTO condemned_blob SELECT unnest($1::text[]), $2 ON CONFLICT DO NOTHING', [
        [...unnamed],
        now,
      ]);
      for (const { digest, sizeBytes } of batch) {
        if (unnamed.has(digest)) sizes.set(digest, sizeBytes);
        else namedBytes += sizeBytes;
      }
      batch = [];
    };
    for await (const blob of blobs.list()) {
      storedBytes += blob.sizeBytes;
      if (batch.push(blob) === BATCH) await flush();
    }
    await flush();
    return { sizes, storedBytes, namedBytes };
  } finally {
    await client.query('DROP TABLE IF EXISTS named_blob').catch(() => {});
    client.release();
  }
}

/** Deletes a blob while its row is locked: whoever uses it waits, and finds it gone. False where it was reprieved. */
async function deleteCondemned(pool: pg.Pool, blobs: SweepableBlobs, digest: string): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    const { rowCount } = await client.query('DELETE FROM condemned_blob WHERE digest = $1', [digest]);
    if (rowCount === 0) return false;
    await blobs.delete(digest);
    return true;
  });
}
