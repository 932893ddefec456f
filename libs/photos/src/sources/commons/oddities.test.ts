import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ApiPage } from './api-answer.js';
import { type CommonsFile, toCommonsFile } from './commons-file.js';

/** What is to become of a page: either of `skipped` and the rest; what is not named is not looked at. */
interface Expected {
  skipped?: string;
  license?: string;
  title?: string;
  author?: string;
  authorLength?: number;
  authorUrl?: string;
  sourceUrl?: string;
  description?: string;
  categories?: string[];
  restrictions?: string[];
  thumbnail?: string;
  thumbnailWidth?: number;
}
interface Oddity {
  about: string;
  page: ApiPage;
  expected: Expected;
}

const folder = new URL('./oddities/', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
const read = (name: string): Oddity => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Oddity;
const wishes = { licenses: { noncommercialAllowed: false }, minShortSide: 512 };
const api = 'https://commons.wikimedia.org/w/api.php';

function seen({ credit, thumbnail, description, categories, restrictions }: CommonsFile): Expected {
  return {
    license: credit.license?.id,
    title: credit.title,
    author: credit.author,
    authorLength: credit.author.length,
    authorUrl: credit.authorUrl,
    sourceUrl: credit.sourceUrl,
    description,
    categories,
    restrictions,
    thumbnail: thumbnail.address,
    thumbnailWidth: thumbnail.width,
  };
}

describe('an oddity of Commons', () => {
  it.each(names)('%s', (name) => {
    const { page, expected } = read(name);
    const file = toCommonsFile(page, wishes, api);
    const result = 'kind' in file ? { skipped: file.reason } : seen(file);
    expect(result).toMatchObject(expected);
    expect(Object.keys(expected)).not.toHaveLength(0);
  });

  it('may be NonCommercial where that is allowed', () => {
    const { page } = read('license-nc.json');
    const allowed = { licenses: { noncommercialAllowed: true }, minShortSide: 512 };
    expect(toCommonsFile(page, allowed, api)).toMatchObject({ credit: { license: { id: 'CC-BY-NC-4.0' } } });
  });
});
