import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { describe, expect, it } from 'vitest';
import { backUp } from './back-up.js';
import type { Database } from './database.js';
import { EmbeddingStore } from './embedding-store.js';
import { nearest } from './nearest.js';
import { restore } from './restore.js';
import { clusteredVectors } from './testing/clustered-vectors.js';
import { binaries, skipNote, testDatabases } from './testing/test-databases.js';
import { ensureVectorIndex, vectorIndexOf } from './vector-index.js';

const databases = testDatabases();

async function fill(database: Database): Promise<void> {
  const { pool } = await database.connect();
  await pool.query(
    `INSERT INTO text (kind, content, digest) SELECT 'caption', content, sha256(convert_to(content, 'UTF8'))
     FROM (SELECT 'ein Käuzchen, „müde“ ' || n || E'\\n\\\\.' AS content FROM generate_series(1, 2000) n) contents`,
  );
  await pool.query(
    `INSERT INTO open_image (image_id, subset, original_url, landing_url, license_url, title)
     SELECT lpad(to_hex(n), 16, '0'), 'train', 'o' || n, 'l', 'c', CASE WHEN n % 2 = 0 THEN 'a "b", c' END
     FROM generate_series(1, 2000) n`,
  );
  await pool.query("INSERT INTO image_text SELECT id, lpad(to_hex(id), 16, '0') FROM text");
  const store = new EmbeddingStore(database);
  for (const width of [16, 32])
    await store.put(await store.model(`m${width}`, width), clusteredVectors({ count: 500, width }, 1));
  await ensureVectorIndex(database, await store.model('m32', 32), { above: 0, helpers: 0 });
}

/** A digest of every row of every table. */
async function contents(pool: pg.Pool): Promise<Record<string, string>> {
  const { rows: tables } = await pool.query<{ name: string }>(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
  );
  const digests: Record<string, string> = {};
  for (const { name } of tables) {
    const { rows } = await pool.query(
      `SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) AS md5 FROM "${name}" t`,
    );
    digests[name] = rows[0].md5;
  }
  return digests;
}

describe.skipIf(!binaries)(`a backup (${skipNote})`, { timeout: 240_000 }, () => {
  it('restored elsewhere is equal, row by row, with its index, and can be backed up again', async () => {
    const database = databases.open(await databases.settingsFor());
    await fill(database);
    const file = join(await databases.folder(), 'b.backup');
    expect(await backUp(database, file)).toBeGreaterThan(10_000);

    const other = databases.open(await databases.settingsFor());
    await restore(other, file);
    const [{ pool: ours }, { pool: theirs }] = [await database.connect(), await other.connect()];
    expect(await contents(theirs)).toEqual(await contents(ours));
    const model = await new EmbeddingStore(other).model('m32', 32);
    const client = await theirs.connect();
    expect(await vectorIndexOf(client, model)).toBe(`embedding_nearest_${model.id}`);
    client.release();
    const [{ vector, contentDigest }] = clusteredVectors({ count: 1, width: 32 }, 1) as [
      { vector: Float32Array; contentDigest: string },
    ];
    const [found] = await nearest(other, model, vector, { limit: 1 });
    expect(found!.contentDigest).toBe(contentDigest);

    const again = join(await databases.folder(), 'again.backup');
    await backUp(other, again);
    await restore(database, again, { replace: true });
    expect(await contents(ours)).toEqual(await contents(theirs));
    // New rows get new numbers.
    await theirs.query(`INSERT INTO text (kind, content, digest) VALUES ('label', 'x', sha256('x'))`);
  });

  it('is of one moment, though others write meanwhile', async () => {
    const database = databases.open(await databases.settingsFor());
    const { pool } = await database.connect();
    const pair = `WITH added AS (INSERT INTO import_progress (source, version) VALUES ('s' || $1::int, 'v'))
      INSERT INTO open_image (image_id, subset, original_url, landing_url, license_url)
      VALUES (lpad(to_hex($1::int), 16, '0'), 's', 'o', 'l', 'c')`;
    let writing = true;
    let written = 0;
    const writer = (async () => {
      while (writing) await pool.query(pair, [written++]);
    })();
    while (written < 50) await Promise.race([writer, new Promise((resolve) => setTimeout(resolve, 10))]);
    const file = join(await databases.folder(), 'b.backup');
    await backUp(database, file);
    const writtenThen = written;
    writing = false;
    await writer;

    const other = databases.open(await databases.settingsFor());
    await restore(other, file);
    const { rows } = await (
      await other.connect()
    ).pool.query(
      'SELECT (SELECT count(*) FROM import_progress) AS left, (SELECT count(*) FROM open_image) AS right',
    );
    expect(rows[0].left).toBe(rows[0].right);
    expect(Number(rows[0].left)).toBeGreaterThanOrEqual(50);
    expect(Number(rows[0].left)).toBeLessThanOrEqual(writtenThen);
  });

  it('does not replace what is there unless told to, nor with a file that is cut short or none', async () => {
    const database = databases.open(await databases.settingsFor());
    await fill(database);
    const file = join(await databases.folder(), 'b.backup');
    await backUp(database, file);
    const { pool } = await database.connect();
    await pool.query("INSERT INTO import_progress (source, version) VALUES ('after', 'v')");
    const before = await contents(pool);
    await expect(restore(database, file)).rejects.toMatchObject({
      reason: 'DATABASE_NOT_EMPTY',
      message: expect.stringMatching(/text: 2000.*--replace/),
    });
    const whole = await readFile(file);
    for (const [name, bytes] of [
      ['cut', whole.subarray(0, whole.length - 2000)],
      ['short', whole.subarray(0, 100)],
      ['none', Buffer.from('no backup at all')],
    ] as const) {
      const bad = join(await databases.folder(), name);
      await writeFile(bad, bytes);
      await expect(restore(database, bad, { replace: true })).rejects.toMatchObject({
        reason: 'BACKUP_UNREADABLE',
      });
    }
    await expect(restore(database, `${file}-nowhere`)).rejects.toMatchObject({ reason: 'BACKUP_UNREADABLE' });
    expect(await contents(pool)).toEqual(before);
    await restore(database, file, { replace: true });
    expect((await pool.query('SELECT count(*) FROM import_progress')).rows).toEqual([{ count: '0' }]);
  });

  it('is not written to a folder that is not there, and says so', async () => {
    const database = databases.open(await databases.settingsFor());
    await expect(backUp(database, '/nowhere/at/all/b.backup')).rejects.toMatchObject({
      reason: 'BACKUP_FAILED',
    });
  });
});
