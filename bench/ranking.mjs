/**
 * What the photos' own words are worth in ranking: mean average precision by their weight beside the perceptor.
 *
 * Takes `../shared/corpus`, or the folder named as the first argument, with a manifest.jsonl that has categories.
 * Each category of three photos or more is a keyphrase; a photo is relevant when it is in that category. The words are
 * title and description only: the category itself would give the answer away. Titles often name it too, so the figures
 * flatter the words; real sources have titles like "IMG_2041" as well, which is the second column: every other
 * photo without any words.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const library = (path) => import(join(root, 'dist', 'libs', path));
const corpus = process.argv[2] ?? join(root, '..', 'shared', 'corpus', 'photos');
if (!existsSync(join(corpus, 'manifest.jsonl'))) {
  console.log(`skipped: no manifest.jsonl in ${corpus}`);
  process.exit(0);
}
const { startSidecar } = await library('inference/src/sidecar-process.js');
const { InferenceConnection } = await library('inference/src/connection.js');
const { Embedder } = await library('inference/src/embedder.js');
const { openStores } = await library('blobs/src/open-stores.js');
const { photoForModel } = await library('photos/src/read-photo.js');
const { embedPictures, embedTexts, describePerceptor } = await library('pipeline/src/embed-cached.js');
const { rankPictures } = await library('pipeline/src/rank-pictures.js');

const rows = readFileSync(join(corpus, 'manifest.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
const counts = new Map();
for (const { categories } of rows)
  for (const name of categories ?? []) counts.set(name, (counts.get(name) ?? 0) + 1);
const queries = [...counts]
  .filter(([, count]) => count >= 3 && count <= rows.length / 4)
  .map(([name]) => name)
  .sort();

const work = mkdtempSync(join(tmpdir(), 'collage-ranking-'));
const sidecar = await startSidecar({
  python: join(root, '.venv', 'bin', 'python'),
  folder: join(root, 'python-inference'),
  env: { OMP_WAIT_POLICY: 'PASSIVE', ...process.env },
});
try {
  const embedder = new Embedder(new InferenceConnection(sidecar.address, { sidecar }));
  const { derived } = openStores('', work);
  const { model, inputSizePixels } = await describePerceptor(embedder);
  const pictures = rows.map(({ file, sha256 }) => ({
    digest: sha256,
    read: async () => photoForModel(readFileSync(join(corpus, file)), 2 * inputSizePixels),
  }));
  const vectors = new Map();
  for await (const { digest, vector } of embedPictures(pictures, embedder, model, derived))
    vectors.set(digest, vector);
  const words = rows.map(({ title, description }) => `${title}. ${description ?? ''}`.slice(0, 1000));
  const [queryVectors, wordVectors] = [
    await embedTexts(
      queries.map((name) => name.toLowerCase()),
      embedder,
      model,
      derived,
    ),
    await embedTexts(words, embedder, model, derived),
  ];

  /** Mean over the queries of the average precision of the ranking. */
  function meanAveragePrecision(weight, everyOtherSilent) {
    const candidates = rows.map(({ sha256 }, index) => ({
      picture: vectors.get(sha256),
      words: everyOtherSilent && index % 2 === 0 ? undefined : wordVectors[index],
    }));
    const precisions = queries.map((name, query) => {
      const rankings = rankPictures(candidates, queryVectors[query], [queryVectors[query]], weight);
      const order = rankings.map(({ score }, index) => ({ score, index })).sort((a, b) => b.score - a.score);
      let found = 0;
      let sum = 0;
      for (const [rank, { index }] of order.entries()) {
        if (rows[index].categories?.includes(name)) sum += ++found / (rank + 1);
      }
      return sum / found;
    });
    return precisions.reduce((total, value) => total + value, 0) / precisions.length;
  }

  console.log(`${queries.length} queries, ${rows.length} photos, ${model.name} (${model.revision})`);
  console.log('weight of the words   all have words   every other has none');
  const table = [0, 0.25, 0.5, 1, 2, 4].map((weight) => {
    const [all, half] = [meanAveragePrecision(weight, false), meanAveragePrecision(weight, true)];
    console.log(
      `${String(weight).padStart(19)} ${all.toFixed(3).padStart(16)} ${half.toFixed(3).padStart(22)}`,
    );
    return { weight, all, half };
  });
  const at = (weight) => table.find((row) => row.weight === weight);
  console.log(
    JSON.stringify({
      bench: 'ranking',
      allWordsOverNone: Number((at(0.5).all / at(0).all).toFixed(3)),
      halfWordsOverNone: Number((at(0.5).half / at(0).half).toFixed(3)),
    }),
  );
} finally {
  await sidecar.stop();
  rmSync(work, { recursive: true });
}
