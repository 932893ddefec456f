import { describe, expect, it } from 'vitest';
import { collageLicense, licenseVerdict } from './compatibility.js';
import { parseLicense } from './license.js';
import { partUnder } from './testing/part-under.js';
import { LICENSE_BUDGETS, LicenseNameError, licenseWishes } from './wanted-licenses.js';

const met = [
  'CC0 1.0',
  'Public domain',
  'CC BY 2.0',
  'CC BY 2.5 AU',
  'MIT',
  'CC BY-SA 2.0',
  'CC BY-SA 4.0',
  'CC BY-SA 1.0',
  'CC BY-NC 4.0',
  'CC BY-NC-SA 4.0',
  'CC BY-ND 4.0',
  'CC BY-NC-ND 4.0',
  'GFDL',
  'All rights reserved',
];
const admitted = (...names: string[]): string[] =>
  met.filter((name) => licenseVerdict(parseLicense(name), licenseWishes(names)).usable);
const sellable = ['CC0 1.0', 'Public domain', 'CC BY 2.0', 'CC BY 2.5 AU', 'MIT'];
const shareAlike = [...sellable, 'CC BY-SA 2.0', 'CC BY-SA 4.0'];

describe('a license budget', () => {
  it.each([
    ['cc0', ['CC0 1.0']],
    ['sellable', sellable],
    ['share-alike', shareAlike],
    ['noncommercial', [...sellable, 'CC BY-NC 4.0']],
  ])('%s admits just what it says', (budget, expected) => {
    expect(admitted(budget)).toEqual(expected);
  });

  it('is share-alike where none is given', () => {
    expect(admitted()).toEqual(shareAlike);
  });

  it.each([
    ['cc0', 'CC0 1.0'],
    ['sellable', 'CC BY 4.0'],
    ['share-alike', 'CC BY-SA 4.0'],
    ['noncommercial', 'CC BY-NC 4.0'],
  ])('%s never makes a collage stricter than %s', (budget, strictest) => {
    const result = collageLicense(
      admitted(budget).map((name) => partUnder(name)),
      licenseWishes([budget]),
    );
    expect(result).toMatchObject({ license: { name: strictest } });
  });

  it('adds up with others and with licenses by name', () => {
    expect(admitted('cc0', 'CC BY-SA 4.0')).toEqual(['CC0 1.0', 'CC BY-SA 4.0']);
    expect(admitted('Sellable', 'share alike')).toEqual(shareAlike);
  });
});

describe('licenseWishes', () => {
  it('takes families and licenses in the spellings people type', () => {
    expect(
      licenseWishes(['cc0', 'pd', 'CC BY', 'cc-by-sa', 'CC BY 4.0', 'cc-by-2.5-au', 'BSD-3-Clause']),
    ).toEqual({
      licenses: ['CC0', 'PD', 'CC-BY', 'CC-BY-SA', 'CC-BY-4.0', 'CC-BY-2.5-AU', 'BSD-3-Clause'],
      noncommercialAllowed: false,
    });
    expect(licenseWishes([])).toEqual({ licenses: [], noncommercialAllowed: false });
  });

  it('allows NonCommercial when told so, by "nc", or by a license of that kind', () => {
    expect(licenseWishes(['nc'])).toEqual({ licenses: [], noncommercialAllowed: true });
    expect(licenseWishes(['cc0', 'NC'])).toEqual({ licenses: ['CC0'], noncommercialAllowed: true });
    expect(licenseWishes(['cc-by-nc-sa']).noncommercialAllowed).toBe(true);
    expect(licenseWishes(['CC BY-NC 4.0']).noncommercialAllowed).toBe(true);
    expect(licenseWishes(['cc0'], true).noncommercialAllowed).toBe(true);
  });

  it('reads its own result to the same, so that a recipe replays', () => {
    for (const name of [...Object.keys(LICENSE_BUDGETS), 'CC BY 4.0', 'nc']) {
      const wishes = licenseWishes([name]);
      expect(licenseWishes(wishes.licenses, wishes.noncommercialAllowed)).toEqual(wishes);
    }
  });

  it.each([
    [
      'free stuff',
      /budget \(cc0, sellable, share-alike, noncommercial\).*for licenses but received "free stuff"\.$/,
    ],
    ['', /received ""/],
    ['constructor', /received "constructor"/],
    ['cc-by-nd', /received "cc-by-nd": it forbids adaptations/],
    ['CC BY-ND 4.0', /received "CC BY-ND 4.0": CC BY-ND 4.0 forbids adaptations/],
    ['GFDL', /must stay on every adaptation/],
    ['CC BY-SA 1.0', /allows no later version/],
  ])('refuses "%s" and says what it wants', (name, message) => {
    expect(() => licenseWishes(['cc0', name])).toThrow(LicenseNameError);
    expect(() => licenseWishes(['cc0', name])).toThrow(message);
  });
});
