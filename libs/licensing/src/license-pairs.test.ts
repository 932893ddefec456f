import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { collageLicense } from './compatibility.js';
import { parseLicense } from './license.js';
import { partUnder } from './testing/part-under.js';

/** What stands in a cell of the table, spelled out. */
const OUTCOMES: Record<string, string> = {
  CC0: 'CC0-1.0',
  BY: 'CC-BY-4.0',
  'BY-SA': 'CC-BY-SA-4.0',
  'BY-NC': 'CC-BY-NC-4.0',
  'BY-NC-SA': 'CC-BY-NC-SA-4.0',
  x: 'LICENSES_INCOMPATIBLE',
  SA1: 'LICENSE_BY_SA_1_0',
  ND: 'LICENSE_ND',
  GFDL: 'LICENSE_COPYLEFT',
  '?': 'LICENSE_UNKNOWN',
};

/** Rows of the last table of docs/license-pairs.md, headers left out: letter, license, cells. */
const rows = readFileSync(new URL('../../../docs/license-pairs.md', import.meta.url), 'utf8')
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter(([, letter = '', license]) => /^[a-z]$/.test(letter) && license !== 'the collage is')
  .map(([, letter = '', license = '', ...cells]) => ({ letter, license, cells: cells.slice(0, -1) }))
  .filter(({ cells }) => cells.length > 1);
const licenses = rows.map(({ license }) => license);
const pairs = rows.flatMap(({ license, cells }) =>
  cells.map((cell, column) => [license, licenses[column] ?? '', cell] as const),
);

function outcome(names: string[], noncommercialAllowed: boolean): string {
  const result = collageLicense(
    names.map((name) => partUnder(name)),
    { noncommercialAllowed },
  );
  return 'incompatible' in result ? result.incompatible.reason : (result.license?.id ?? '');
}

describe('the table of license pairs', () => {
  it('has a cell for every pair, and a row for every license the product meets', () => {
    expect(rows.map(({ cells }) => cells.length)).toEqual(rows.map(() => rows.length));
    expect(pairs.length).toBeGreaterThan(500);
    const ids = licenses.map((license) => parseLicense(license).id);
    const expected =
      'CC0-1.0 PD CC-BY-2.0 CC-BY-3.0 CC-BY-4.0 CC-BY-SA-1.0 CC-BY-SA-2.0 CC-BY-SA-2.5 CC-BY-SA-3.0 ' +
      'CC-BY-SA-4.0 CC-BY-NC-4.0 CC-BY-NC-SA-4.0 CC-BY-ND-2.0 CC-BY-NC-ND-4.0 GFDL UNKNOWN CC-BY-2.5-AU';
    expect(ids).toEqual(expect.arrayContaining(expected.split(' ')));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(pairs)('%s beside %s gives %s', (row, column, cell) => {
    expect(outcome([row, column], true)).toBe(OUTCOMES[cell]);
  });

  it('is the same without NonCommercial, but that every NC row and column is refused', () => {
    for (const [row, column, cell] of pairs) {
      const expected = OUTCOMES[cell]!;
      const usable = !expected.startsWith('LICENSE_');
      const noncommercial = /NC/.test(row + column);
      expect(outcome([row, column], false)).toBe(usable && noncommercial ? 'LICENSE_NC' : expected);
    }
  });
});
