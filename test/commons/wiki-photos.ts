import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { detailedPicture } from '@collage/photos/testing/detailed-picture.js';
import { colors } from '@collage/photos/testing/pictures.js';

const corpus = fileURLToPath(new URL('../../../shared/corpus/photos', import.meta.url));
/** Whether the photos are there to be put on a wiki. */
export const hasCorpus = existsSync(join(corpus, 'manifest.jsonl'));

interface CorpusRow {
  file: string;
  title: string;
  author: string;
  licence: string;
  width: number;
  height: number;
  galleries: string[];
  tier: string;
}

/** Photos of the corpus that the wiki holds: penguins and snowy mountains, from Commons and elsewhere. */
export function corpusRows(): CorpusRow[] {
  const rows = readFileSync(join(corpus, 'manifest.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as CorpusRow)
    .filter(({ tier }) => tier === 'A');
  const shown = (gallery: string): CorpusRow[] => rows.filter(({ galleries }) => galleries.includes(gallery));
  return [...shown('Penguin').slice(0, 15), ...shown('Snowy mountain').slice(0, 6)];
}

/** Of painted photos, whose pages are written by hand: name and size in pixels. */
const PAINTED: [string, number, number][] = [
  ['Stripes panorama', 2000, 900],
  ['Stripes small', 800, 500],
  ['Stripes no derivatives', 700, 600],
  ['Stripes attribution', 700, 600],
  ['Stripes gfdl', 700, 600],
  ['Stripes unlicensed', 700, 600],
];

const marked = (field: string, value: string): string =>
  value && `<span class="licensetpl_${field}" style="display:none">${value}</span>`;
/** A description page with the marks that machines read (Commons:Machine-readable data). */
function page(author: string, short: string, url = '', more = '', what = 'Stripes of color'): string {
  const license = [marked('short', short), marked('long', short), marked('link', url), more].join('\n');
  return `{{Information|description=${what}|author=${author}}}\n<div class="licensetpl">\n${license}\n</div>\n`;
}
const deed = (path: string): string => `https://creativecommons.org/licenses/${path}/`;
/** Text of pages, by title; they replace what the wiki's set-up wrote. */
export const WIKI_PAGES: Record<string, string> = {
  'File:Stripes panorama.jpg': page(
    'Ann',
    'CC0',
    'https://creativecommons.org/publicdomain/zero/1.0/deed.en',
    '',
    'Stripes, a panorama',
  ),
  'File:Dots.jpg': page('Bob', 'CC BY 4.0', deed('by/4.0'), '', 'Dots of color'),
  'File:Stripes small.jpg': page('Ann', 'CC BY 4.0', deed('by/4.0')),
  'File:Stripes no derivatives.jpg': page('Ann', 'CC BY-ND 2.0', deed('by-nd/2.0')),
  'File:Stripes attribution.jpg': page(
    '<div class="vcard"><span class="fn">[https://ann.example.org Ann &amp; Bob]</span> painter <span style="display:none">Q1</span></div>',
    'CC BY-SA 3.0 de',
    deed('by-sa/3.0/de'),
    marked('attr', 'Ann for the Museum of Stripes'),
  ),
  'File:Stripes gfdl.jpg': `${page('Ann', 'GFDL', 'http://www.gnu.org/copyleft/fdl.html')}\n[[Category:CC-BY-SA-3.0-migrated]]`,
  'File:Stripes old name.jpg': '#REDIRECT [[File:Stripes gfdl.jpg]]',
  Penguins: '#REDIRECT [[Penguin]]',
  'Renamed things': '<gallery>\nFile:Stripes old name.jpg\nFile:Never there.jpg\n</gallery>',
};

/** Pixels of a photo with so much detail that its thumbnails lose some. */
const DOTS = { width: 2400, height: 1600 };

/** Writes the photos and their manifest, as the wiki's set-up takes them. */
export async function writeWikiPhotos(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const rows = corpusRows();
  for (const { file } of rows) await copyFile(join(corpus, file), join(folder, file));
  // Galleries have the singular's name here: the plural is a redirect.
  const lines = rows.map((row) =>
    JSON.stringify({ ...row, galleries: row.galleries.filter((name) => !name.endsWith('s')) }),
  );
  await writeFile(join(folder, 'manifest.jsonl'), lines.join('\n'));
  for (const [index, [name, width, height]] of PAINTED.entries()) {
    await writeFile(join(folder, `${name}.jpg`), await colors(index, width, height).jpeg().toBuffer());
  }
  await writeFile(join(folder, 'Dots.jpg'), await detailedPicture(5, DOTS));
}
