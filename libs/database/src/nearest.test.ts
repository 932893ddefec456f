import { describe, expect, it } from 'vitest';
import { EmbeddingStore, type StoredVector } from './embedding-store.js';
import { nearest } from './nearest.js';
import { clusteredVectors, digestOf } from './testing/clustered-vectors.js';
import { binaries, skipNote, testDatabases } from './testing/test-databases.js';
import { ensureVectorIndex } from './vector-index.js';

const databases = testDatabases();

/** The digests of the `limit` nearest, computed here. */
function nearestByHand(vectors: readonly StoredVector[], query: Float32Array, limit: number): string[] {
  const cosine = ({ vector }: StoredVector) =>
    vector.reduce((sum, value, index) => sum + value * query[index]!, 0);
  return vectors
    .map((each) => ({ digest: each.contentDigest, cosine: cosine(each) }))
    .sort((a, b) => b.cosine - a.cosine)
    .slice(0, limit)
    .map(({ digest }) => digest);
}

describe.skipIf(!binaries)(`the nearest vectors (${skipNote})`, { timeout: 240_000 }, () => {
  it('are found among vectors of two widths side by side: exactly, and nearly all of them by index', async () => {
    const database = databases.open(await databases.settingsFor());
    const store = new EmbeddingStore(database);
    const widths = [64, 384];
    for (const width of widths) {
      const model = await store.model(`model-${width}`, width);
      const vectors = clusteredVectors({ count: 2000, width, clusterCount: 40 }, 7);
      await store.put(model, vectors);
      const queries = clusteredVectors({ count: 20, width, clusterCount: 40 }, 8).map(({ vector }) => vector);
      for (const query of queries) {
        const found = await nearest(database, model, query, { limit: 30 });
        const digests = found.map(({ contentDigest }) => contentDigest);
        expect(new Set(digests)).toEqual(new Set(nearestByHand(vectors, query, 30)));
        expect(found.map(({ similarity }) => similarity)).toEqual(
          found.map(({ similarity }) => similarity).sort((a, b) => b - a),
        );
      }
      expect(await ensureVectorIndex(database, model)).toBe(false);
      expect(await ensureVectorIndex(database, model, { above: 1999, memoryMebibytes: 64, helpers: 0 })).toBe(
        true,
      );
      let hits = 0;
      for (const query of queries) {
        const exact = new Set(nearestByHand(vectors, query, 30));
        const found = await nearest(database, model, query, { limit: 30 });
        expect(found.length).toBe(30);
        hits += found.filter(({ contentDigest }) => exact.has(contentDigest)).length;
      }
      expect(hits / (30 * queries.length)).toBeGreaterThan(0.95);
    }
  });

  it('are searched through the index once there is one, and without it on demand', async () => {
    const database = databases.open(await databases.settingsFor());
    const store = new EmbeddingStore(database);
    const model = await store.model('m', 32);
    await store.put(model, clusteredVectors({ count: 3000, width: 32 }, 1));
    await ensureVectorIndex(database, model, { above: 0, helpers: 0 });
    const { pool } = await database.connect();
    await pool.query('ANALYZE embedding');
    const scans = async () => {
      // Counts reach the statistics with a delay, unless asked for.
      await pool.query('SELECT pg_stat_force_next_flush()');
      const { rows } = await pool.query(
        "SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname ~ 'nearest'",
      );
      return Number(rows[0].idx_scan);
    };
    const [{ vector }] = clusteredVectors({ count: 1, width: 32 }, 2) as [StoredVector];
    const { rows: plan } = await pool.query(
      `EXPLAIN SELECT content_digest FROM embedding WHERE model_id = ${model.id} ` +
        `ORDER BY vector::vector(32) <=> '[${vector.join(',')}]'::vector(32) LIMIT 30`,
    );
    expect(plan.map((line) => line['QUERY PLAN']).join('\n')).toContain(`embedding_nearest_${model.id}`);
    const before = await scans();
    await nearest(database, model, vector, { limit: 30, exact: true });
    expect(await scans()).toBe(before);
  });

  it('are made an index by one of several callers while others write', async () => {
    const database = databases.open(await databases.settingsFor());
    const store = new EmbeddingStore(database);
    const model = await store.model('m', 32);
    await store.put(model, clusteredVectors({ count: 3000, width: 32 }, 1));
    const later = clusteredVectors({ count: 500, width: 32 }, 3);
    const made = await Promise.all([
      ...[1, 2, 3].map(() => ensureVectorIndex(database, model, { above: 0, helpers: 0 })),
      store.put(model, later),
    ]);
    expect(made.slice(0, 3)).toEqual([true, true, true]);
    const [found] = await nearest(database, model, later[0]!.vector, { limit: 1 });
    expect(found!.contentDigest).toBe(later[0]!.contentDigest);
    expect(found!.similarity).toBeCloseTo(1, 5);
  });

  it('keep what they are: each float as it was, each content once, another width refused', async () => {
    const database = databases.open(await databases.settingsFor());
    const store = new EmbeddingStore(database);
    const model = await store.model('m', 3);
    const [first, second] = [digestOf('a'), digestOf('b')];
    const vector = Float32Array.from([0.1, -1e-30, 123456.789]);
    await store.put(model, [{ contentDigest: first, vector }]);
    await store.put(model, [{ contentDigest: first, vector: Float32Array.from([1, 1, 1]) }]);
    const { pool } = await database.connect();
    const { rows } = await pool.query('SELECT vector::real[] AS vector FROM embedding');
    expect(rows.map((row) => Float32Array.from(row.vector))).toEqual([vector]);
    expect(await store.missing(model, [second, first])).toEqual([second]);
    await expect(store.model('m', 4)).rejects.toThrow(
      /Expected width 3, as before, for model m but received 4/,
    );
    const wide = { contentDigest: second, vector: Float32Array.from([1, 2, 3, 4]) };
    await expect(store.put(model, [wide])).rejects.toThrow(/Expected 3 components/);
    const zero = { contentDigest: second, vector: new Float32Array(3) };
    await expect(store.put(model, [zero])).rejects.toThrow(/not all 0/);
  });
});
