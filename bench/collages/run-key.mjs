import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './workshop.mjs';

/** What stages 4 to 6 are made of; a change in any of it makes other runs. */
const SOURCES = [
  'libs/inference/src',
  'libs/pipeline/src',
  'libs/render/src',
  'libs/scene/src',
  'python-inference/inference/composition',
  'python-inference/inference/embedding',
];

/** Twelve hex digits for these options; recorded runs also depend on the sources that made them. */
export function runKey(options, { withSources = true } = {}) {
  const hash = createHash('sha256').update(JSON.stringify(options));
  for (const folder of withSources ? SOURCES : []) {
    const files = readdirSync(join(root, folder), { recursive: true }).sort();
    for (const file of files.filter((name) => /(?<!\.test)\.(?:ts|py)$/.test(name)))
      hash.update(`${folder}/${file}`).update(readFileSync(join(root, folder, file)));
  }
  return hash.digest('hex').slice(0, 12);
}
