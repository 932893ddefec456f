/**
 * Draws docs/gallery: the notebook's optimizer as coded beside ours, from photos that may be shown anywhere.
 *
 *     npm run bench -- gallery [--ids ID,ID]
 *
 * The article's own prompts and ten of the reporting ones. Both work with the same cut-outs on the same square canvas;
 * ours is quality normal, without giving up early, so that both climb a hundred steps. The notebook takes about eight
 * CPU-minutes a prompt; what was made is kept (bench/README.md). With --ids only these are drawn anew; the page is written of all that were ever
 * drawn, from docs/gallery/entries.json.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchData, defaultCorpus, library, root, skipWithoutCorpus } from './collages/workshop.mjs';
import { comparison, finished } from './gallery/pictures.mjs';
import { creditsOf } from './gallery/credits.mjs';
import { page } from './gallery/page.mjs';

/** Groups of prompts that are made with the same options. */
const GROUPS = [
  { ids: ['penguins-skiing', 'fireworks-boston', 'pug-saxophone'] },
  { ids: ['man-butterflies'], options: { cutoutCount: 2 } },
  { ids: ['sunset-city', 'seaside', 'autumn-leaves'], isGradient: true },
  {
    ids: [
      'gorilla-drums',
      'flamingos-pelicans',
      'koala-kangaroos',
      'ducks-swan-lake',
      'peacock-palace',
      'eagle-desert',
      'bear-mushrooms',
      'moose-bridge',
      'lemurs-toucans',
      'wolves-lynx-snow',
    ],
  },
];
/** A square canvas, as the notebook's; never stopping early. */
const OPTIONS = { aspectRatio: 1, patienceStepCount: 1000 };

const { values: given } = parseArgs({ options: { ids: { type: 'string' } } });
skipWithoutCorpus(defaultCorpus);
const wanted = given.ids?.split(',');
const folder = join(root, 'docs', 'gallery');
mkdirSync(folder, { recursive: true });
const { FolderBlobStore } = await library('blobs/src/blob-store.js');
const blobs = new FolderBlobStore(join(benchData, 'blobs'));
const loadCutout = (digest) => blobs.get(digest);

/** Prompt, license and credits of what was drawn, by prompt id. */
const record = join(folder, 'entries.json');
const drawn = existsSync(record) ? JSON.parse(readFileSync(record, 'utf8')) : {};
let drawnCount = 0;
for (const { ids, options = {}, isGradient = false } of GROUPS) {
  const these = ids.filter((id) => wanted === undefined || wanted.includes(id));
  if (these.length === 0) continue;
  for (const { id, file } of runsOf(these, { ...OPTIONS, ...options })) {
    const run = JSON.parse(readFileSync(file, 'utf8'));
    const collage = JSON.parse(readFileSync(join(run.cutoutFolder, 'collage.json'), 'utf8'));
    const baseline = isGradient ? undefined : asCoded(file);
    writeFileSync(join(folder, `${id}.jpg`), await finished(run.scene, loadCutout));
    writeFileSync(join(folder, `${id}-steps.jpg`), await comparison(run, baseline, loadCutout));
    drawn[id] = { prompt: run.prompt, ...(await creditsOf(collage, run.scene)) };
    drawnCount++;
    process.stderr.write(`${id}: drawn\n`);
  }
}
const entries = GROUPS.flatMap(({ ids }) => ids)
  .filter((id) => id in drawn)
  .map((id) => [id, drawn[id]]);
writeFileSync(record, JSON.stringify(Object.fromEntries(entries), undefined, 2) + '\n');
writeFileSync(join(folder, 'README.md'), page(entries.map(([id, entry]) => ({ id, ...entry }))));
console.log(JSON.stringify({ bench: 'gallery', pictures: 2 * drawnCount }));

/** Ids and files of our runs, made where they are missing. */
function runsOf(ids, options) {
  const script = join(root, 'bench', 'collages', 'make-runs.mjs');
  const args = ['--ids', ids.join(','), '--options', JSON.stringify(options), '--without-people'];
  return linesOf(process.execPath, [script, ...args]);
}

/** Files of the notebook's iterates by step, made where they are missing. */
function asCoded(runFile) {
  const script = join(root, 'bench', 'baselines', 'keep_as_coded.py');
  const [{ files }] = linesOf(join(root, '.venv', 'bin', 'python'), [script, runFile]);
  return files;
}

function linesOf(program, args) {
  const output = execFileSync(program, args, { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}
