import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A folder with only those photos of a corpus whose license their source names photo by photo (tier A).
 *
 * @param {string} corpus a folder of photos with a manifest.jsonl whose rows have `tier`
 * @param {string} folder where the copies go; what lies there already is kept
 * @returns {string} `folder`
 */
export function tierACorpus(corpus, folder) {
  const manifest = readFileSync(join(corpus, 'manifest.jsonl'), 'utf8').trim().split('\n');
  const rows = manifest.filter((line) => JSON.parse(line).tier === 'A');
  mkdirSync(folder, { recursive: true });
  for (const line of rows) {
    const { file } = JSON.parse(line);
    if (!existsSync(join(folder, file))) copyFileSync(join(corpus, file), join(folder, file));
  }
  writeFileSync(join(folder, 'manifest.jsonl'), `${rows.join('\n')}\n`);
  return folder;
}
