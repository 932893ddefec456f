/**
 * Makes the collages that the benches of quality judge, and prints where each run lies as one JSON line.
 *
 *     node bench/collages/make-runs.mjs [--set tuning|reporting] [--prompts N] [--ids ID,ID]
 *         [--options JSON] [--corpus FOLDER] [--data FOLDER] [--cutouts-only]
 *         [--without-people]
 *
 * --options holds fields of CollageOptions (proto3 JSON), such as {"quality":"QUALITY_DRAFT"}. Below DATA/cutouts lie
 * the cut-outs of each prompt, below DATA/runs one run.json a prompt; what is there is not made again.
 * --without-people leaves out photos in which a person can be recognized, for pictures that are shown.
 */
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { foundCutouts } from './found-cutouts.mjs';
import { readPrompts } from './prompts.mjs';
import { recordedClimb } from './recorded-climb.mjs';
import { runKey } from './run-key.mjs';
import { tierACorpus } from './tier-a-corpus.mjs';
import { benchData, defaultCorpus, library, openWorkshop, skipWithoutCorpus } from './workshop.mjs';

const { values: given } = parseArgs({
  options: {
    set: { type: 'string' },
    prompts: { type: 'string' },
    ids: { type: 'string' },
    options: { type: 'string', default: '{}' },
    corpus: { type: 'string', default: defaultCorpus },
    data: { type: 'string', default: benchData },
    'cutouts-only': { type: 'boolean', default: false },
    'without-people': { type: 'boolean', default: false },
  },
});
skipWithoutCorpus(given.corpus);
const { CollageOptions } = await library('proto/src/collage/v1/collage.js');
const { resolveOptions } = await library('pipeline/src/resolve-options.js');
const options = resolveOptions(CollageOptions.fromJSON(JSON.parse(given.options)));
const prompts = readPrompts({
  set: given.set,
  count: given.prompts === undefined ? undefined : Number(given.prompts),
  ids: given.ids?.split(','),
});

/** Of all options, those that decide which cut-outs there are. */
const { seed, cutoutCount, photoCount, partsOfSpeech, keyphrases, backgroundMode, licenses } = options;
const withoutPeople = given['without-people'];
const cutoutKey = runKey(
  {
    ...(withoutPeople && { withoutPeople }),
    seed,
    cutoutCount,
    photoCount,
    partsOfSpeech,
    keyphrases,
    backgroundMode,
    licenses,
  },
  { withSources: false },
);
const key = runKey({ cutoutKey, options: CollageOptions.toJSON(options) });
const folder = withoutPeople ? 'corpus-without-people' : 'corpus';
const photos = tierACorpus(given.corpus, join(given.data, folder), withoutPeople);
let workshop;

for (const [index, prompt] of prompts.entries()) {
  const cutoutFolder = join(given.data, 'cutouts', cutoutKey, prompt.id);
  const runFolder = join(given.data, 'runs', key, prompt.id);
  const file = given['cutouts-only'] ? join(cutoutFolder, 'collage.json') : join(runFolder, 'run.json');
  if (!existsSync(file)) {
    process.stderr.write(`${index + 1}/${prompts.length} ${prompt.prompt}\n`);
    workshop ??= await openWorkshop(photos, given.data);
    const collage = await foundCutouts(prompt, options, workshop.tools, cutoutFolder);
    if (!given['cutouts-only']) {
      const run = await recordedClimb(collage, options, workshop.tools, workshop.sidecarId);
      mkdirSync(runFolder, { recursive: true });
      const cutouts = collage.cutouts.map(({ digest, width, height, borders }) => ({
        digest,
        width,
        height,
        borders,
      }));
      const { keyphrases: found } = collage;
      const whole = {
        ...prompt,
        keyphrases: found,
        options: CollageOptions.toJSON(options),
        cutoutFolder,
        cutouts,
      };
      writeFileSync(`${file}.part`, JSON.stringify({ ...whole, ...run }));
      renameSync(`${file}.part`, file);
    }
  }
  console.log(JSON.stringify({ id: prompt.id, file }));
}
await workshop?.close();
