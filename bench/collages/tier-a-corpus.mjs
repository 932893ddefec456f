import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Photos in which a person can be recognized: a licence does not cover that person's rights. Found by looking. */
const ofPeople = new Set(JSON.parse(readFileSync(new URL('photos-of-people.json', import.meta.url), 'utf8')));

/**
 * A folder with only those photos of a corpus whose license their source names photo by photo (tier A).
 *
 * @param {string} corpus a folder of photos with a manifest.jsonl whose rows have `id` and `tier`
 * @param {string} folder where the copies go; what lies there already is kept
 * @param {boolean} withoutPeople leaves out photos in which a person can be recognized
 * @returns {string} `folder`
 */
export function tierACorpus(corpus, folder, withoutPeople) {
  const manifest = readFileSync(join(corpus, 'manifest.jsonl'), 'utf8').trim().split('\n');
  const rows = manifest.filter((line) => {
    const { id, tier } = JSON.parse(line);
    return tier === 'A' && !(withoutPeople && ofPeople.has(id));
  });
  mkdirSync(folder, { recursive: true });
  for (const line of rows) {
    const { file } = JSON.parse(line);
    if (!existsSync(join(folder, file))) copyFileSync(join(corpus, file), join(folder, file));
  }
  writeFileSync(join(folder, 'manifest.jsonl'), `${rows.join('\n')}\n`);
  return folder;
}
