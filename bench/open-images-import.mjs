/**
 * Import of a list of images of OpenImages against PostgreSQL's COPY of the same rows into the same table alone.
 *
 * Rows are made up, of the length of genuine ones, ids in no order. COPY reads the file in the server, into an empty table with
 * the checks and the key of `open_image`, and does nothing else. The import reads and checks the rows in Node, replaces what is there,
 * and remembers its place; with titles it also stores each as a text, with its digest and the photos it tells of. Each import
 * runs in a database that holds nothing; import and COPY take turns. The claim is the median of the rounds' ratios.
 *
 * Options: --rows 300000  --rounds 3
 */
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { round } from './service/figures.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const library = (path) => import(join(root, 'dist', 'libs', path));
const { Database } = await library('database/src/database.js');
const { importFile } = await library('photos/src/sources/open-images/import-file.js');

const { values } = parseArgs({
  options: { rows: { type: 'string', default: '300000' }, rounds: { type: 'string', default: '3' } },
});
const ROWS = Number(values.rows);
const ROUNDS = Number(values.rounds);
const COLUMNS =
  'image_id, subset, original_url, landing_url, license_url, author_url, author, title, original_size, original_md5, thumbnail_url, rotation';
const HEADER =
  'ImageID,Subset,OriginalURL,OriginalLandingURL,License,AuthorProfileURL,Author,Title,OriginalSize,OriginalMD5,Thumbnail300KURL,Rotation\n';

/** Whether every photo has a title of its own, the most that titles can cost, or none has. */
const CASES = [
  { name: 'titles', titleOf: (index) => `28 Nov 2010 Our new house ${index}` },
  { name: 'noTitles', titleOf: () => '' },
];

/** Writes a list of images; numbers below 2^64 times an odd number are a permutation: ids in no order. */
async function writeList(file, titleOf) {
  const out = createWriteStream(file);
  out.write(HEADER);
  for (let from = 0; from < ROWS; from += 1000) {
    let rows = '';
    for (let index = from; index < Math.min(ROWS, from + 1000); index++) {
      const id = BigInt.asUintN(64, BigInt(index) * 0x9e3779b97f4a7c15n)
        .toString(16)
        .padStart(16, '0');
      const host = 'https://c1.staticflickr.example/5/4129';
      rows +=
        `${id},train,${host}/${index}_46f356962f_o.jpg,https://www.flickr.example/photos/someone/${index},` +
        'https://creativecommons.org/licenses/by/2.0/,https://www.flickr.example/people/someone/,' +
        `"Someone, no. ${index % 9000}",${titleOf(index)},211079,0Sad+xMj2ttXM1U8meEJ0A==,` +
        `${host}/${index}_ee4e8c6535_z.jpg,${index % 3 ? '0' : ''}\n`;
    }
    if (!out.write(rows)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
}

const work = mkdtempSync(join(tmpdir(), 'open-images-import-'));
const database = new Database({
  databaseUrl: '',
  pgBin: process.env.PG_BIN ?? '',
  python: join(root, '.venv', 'bin', 'python'),
  requirements: join(root, 'python-inference'),
  folder: join(work, 'postgres'),
  migrations: join(root, 'libs', 'database', 'migrations'),
});
const seconds = async (run) => {
  const start = performance.now();
  await run();
  return (performance.now() - start) / 1000;
};
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

try {
  const { pool } = await database.connect();
  const figures = {};
  for (const { name, titleOf } of CASES) {
    const file = join(work, `${name}.csv`);
    await writeList(file, titleOf);
    const importAll = () =>
      seconds(async () => {
        await pool.query('TRUNCATE open_image, text, image_text, open_image_class, import_progress');
        const { rowCount } = await importFile(database, file);
        if (rowCount !== ROWS) throw new Error(`Expected ${ROWS} rows but ${rowCount} were imported`);
      });
    const copyAll = () =>
      seconds(async () => {
        await pool.query('DROP TABLE IF EXISTS copied; CREATE TABLE copied (LIKE open_image INCLUDING ALL)');
        await pool.query(`COPY copied (${COLUMNS}) FROM '${file}' (FORMAT csv, HEADER)`);
      });
    const rounds = [];
    for (let index = 0; index < ROUNDS; index++) {
      // Whoever goes first, goes second the next time.
      const runs = index % 2 === 0 ? [importAll, copyAll] : [copyAll, importAll];
      const times = [await runs[0](), await runs[1]()];
      const [importing, copying] = index % 2 === 0 ? times : times.toReversed();
      rounds.push({
        ratio: copying / importing,
        importRowsPerSecond: ROWS / importing,
        copyRowsPerSecond: ROWS / copying,
      });
      console.log(JSON.stringify({ case: name, ...rounds.at(-1) }));
    }
    const of = (key) => round(median(rounds.map((each) => each[key])));
    figures[name] = {
      throughputOfCopyAlone: of('ratio'),
      importRowsPerSecond: of('importRowsPerSecond'),
      copyRowsPerSecond: of('copyRowsPerSecond'),
    };
  }
  const machine = { cpu: cpus()[0].model, cores: cpus().length };
  console.log(JSON.stringify({ bench: 'open-images-import', ...machine, rows: ROWS, ...figures }));
} finally {
  await database.close();
  rmSync(work, { recursive: true, force: true });
}
