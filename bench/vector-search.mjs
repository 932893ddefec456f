/**
 * Search of vectors in the embedded database: latency and recall, exact and by index, at 10,000 and 100,000; what 9 million take.
 *
 * Vectors are clustered as texts about the same things are: width 384 (MiniLM's), one direction for every 50, each mixed with
 * noise of 0.7 of its length. Queries are new vectors of the same clusters. Neighbors and candidates are as many as a
 * search of OpenImages asks for. Recall is the share of the exact nearest that the index gives.
 *
 * Options: --counts 10000,100000  --queries 50
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { round } from './service/figures.mjs';
import { clusteredVectors } from './speed/clustered-vectors.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const library = (name, of = 'database/src') => import(join(root, 'dist', 'libs', of, name));
const { Database } = await library('database.js');
const { EmbeddingStore } = await library('embedding-store.js');
const { candidatesFor, nearest } = await library('nearest.js');
const { ensureVectorIndex } = await library('vector-index.js');
const { TEXTS_PER_QUERY } = await library('find-images.js', 'photos/src/sources/open-images');

const { values } = parseArgs({
  options: {
    counts: { type: 'string', default: '10000,100000' },
    queries: { type: 'string', default: '50' },
  },
});
const counts = values.counts.split(',').map(Number);
const WIDTH = 384;
const LARGE = 9_000_000;

const seconds = async (work) => {
  const start = performance.now();
  const result = await work();
  return { seconds: (performance.now() - start) / 1000, result };
};
const quantile = (numbers, share) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
};

const folder = mkdtempSync(join(tmpdir(), 'vector-search-'));
const database = new Database({
  databaseUrl: '',
  pgBin: process.env.PG_BIN ?? '',
  python: join(root, '.venv', 'bin', 'python'),
  requirements: join(root, 'python-inference'),
  folder,
  migrations: join(root, 'libs', 'database', 'migrations'),
});

/** p50 and p95 in milliseconds, and the answers. */
async function search(model, queries, options) {
  const times = [];
  const answers = [];
  for (const { vector } of queries) {
    const { seconds: time, result } = await seconds(() =>
      nearest(database, model, vector, { limit: TEXTS_PER_QUERY, ...options }),
    );
    times.push(1000 * time);
    answers.push(result.map(({ contentDigest }) => contentDigest));
  }
  return { p50: quantile(times, 0.5), p95: quantile(times, 0.95), answers };
}

const recall = (answers, exact) =>
  answers.reduce((sum, answer, index) => {
    const right = new Set(exact[index]);
    return sum + answer.filter((digest) => right.has(digest)).length / right.size;
  }, 0) / answers.length;

async function measure(count) {
  const { pool } = await database.connect();
  const size = async (relation) =>
    Number((await pool.query('SELECT pg_relation_size($1::regclass) AS bytes', [relation])).rows[0].bytes);
  const store = new EmbeddingStore(database);
  const model = await store.model(`bench-${count}`, WIDTH);
  const shape = { width: WIDTH, clusterCount: Math.ceil(count / 50) };
  const bytesBefore = await size('embedding');
  let inserting = 0;
  for (const batch of clusteredVectors({ count, ...shape }, count)) {
    inserting += (await seconds(() => store.put(model, batch))).seconds;
  }
  await pool.query('VACUUM ANALYZE embedding');
  const [queries] = [
    ...clusteredVectors({ count: Number(values.queries), ...shape, batch: Number(values.queries) }, count, 1),
  ];
  const exact = await search(model, queries, { exact: true });
  const made = await seconds(() => ensureVectorIndex(database, model, { above: 0, memoryMebibytes: 1024 }));
  const indexed = await search(model, queries, {});
  const figures = {
    count,
    insertsPerSecond: round(count / inserting),
    tableBytesPerVector: round(((await size('embedding')) - bytesBefore) / count),
    exactMilliseconds: { p50: round(exact.p50), p95: round(exact.p95) },
    indexSeconds: round(made.seconds),
    indexBytesPerVector: round((await size(`embedding_nearest_${model.id}`)) / count),
    indexMilliseconds: { p50: round(indexed.p50), p95: round(indexed.p95) },
    recall: round(recall(indexed.answers, exact.answers)),
  };
  console.log(JSON.stringify(figures));
  return figures;
}

/**
 * What the largest count of vectors would take: sizes per vector stay; the time of making an index grows as n log n from the larger
 * count, or, at worst, as it grew from the smaller to the larger, while the graph fits in memory; the time of a search by index grows as log n;
 * that of an exact search as n. A graph that does not fit in memory takes far longer to make.
 */
function extrapolate(first, last) {
  const growth = Math.log(last.indexSeconds / first.indexSeconds) / Math.log(last.count / first.count);
  const [ratio, logRatio] = [LARGE / last.count, Math.log(LARGE) / Math.log(last.count)];
  return {
    count: LARGE,
    insertHours: round(LARGE / last.insertsPerSecond / 3600),
    tableGibibytes: round((LARGE * last.tableBytesPerVector) / 2 ** 30),
    indexHours: round((last.indexSeconds * ratio * logRatio) / 3600),
    indexHoursAsItGrew: round((last.indexSeconds * (LARGE / last.count) ** growth) / 3600),
    indexGibibytes: round((LARGE * last.indexBytesPerVector) / 2 ** 30),
    indexP50Milliseconds: round(last.indexMilliseconds.p50 * logRatio),
    exactP50Seconds: round((last.exactMilliseconds.p50 * ratio) / 1000),
  };
}

try {
  const measured = [];
  for (const count of counts) measured.push(await measure(count));
  const last = measured.at(-1);
  console.log(
    JSON.stringify({
      bench: 'vector-search',
      width: WIDTH,
      neighbors: TEXTS_PER_QUERY,
      candidates: candidatesFor(TEXTS_PER_QUERY),
      measured,
      exactAgainstIndexP50: round(last.exactMilliseconds.p50 / last.indexMilliseconds.p50),
      extrapolated: extrapolate(measured[0], last),
    }),
  );
} finally {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
}
