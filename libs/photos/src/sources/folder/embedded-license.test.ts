import { parseLicense } from '@collage/licensing/license.js';
import { describe, expect, it } from 'vitest';
import { statedLicense } from './embedded-license.js';
import { noFields, type MetadataFields } from './metadata-fields.js';

const by = 'https://creativecommons.org/licenses/by/4.0/';

describe('statedLicense', () => {
  it.each<[string, Partial<MetadataFields>, string]>([
    ['an address of Creative Commons', { licenseUrl: by }, 'CC-BY-4.0'],
    ['usage terms that are one', { usageTerms: 'CC BY-SA 4.0' }, 'CC-BY-SA-4.0'],
    ['usage terms around an address', { usageTerms: `This work is licensed under ${by}.` }, 'CC-BY-4.0'],
    ['usage terms in words beside an address', { usageTerms: 'Namensnennung', licenseUrl: by }, 'CC-BY-4.0'],
    ['a notice that is one', { notices: ['(c) Ann', 'CC0 1.0'] }, 'CC0-1.0'],
    ['a notice around an address', { notices: [`© 2020 Ann, ${by}`] }, 'CC-BY-4.0'],
    ['a NonCommercial notice', { notices: ['CC BY-NC 4.0'] }, 'CC-BY-NC-4.0'],
    ['an address beside an owner', { notices: ['© 2020 Ann'], licenseUrl: by }, 'CC-BY-4.0'],
    ['terms with a rider', { usageTerms: 'CC BY 4.0 | All rights reserved' }, 'UNKNOWN'],
    ['terms with a rider in other words', { usageTerms: 'CC BY 4.0 / for schools' }, 'UNKNOWN'],
    [
      'terms with a rider beside an address',
      { usageTerms: 'CC BY 4.0 / for schools', licenseUrl: by },
      'UNKNOWN',
    ],
    ['terms that name the owner too', { usageTerms: '© 2020 Ann | CC BY 4.0' }, 'CC-BY-4.0'],
    ['a notice with a rider', { notices: ['CC BY 4.0 / for schools'] }, 'UNKNOWN'],
    ['terms that nobody understands', { usageTerms: 'Editorial use' }, 'UNKNOWN'],
    ['a notice that reserves all rights', { notices: ['© Ann. All rights reserved.'] }, 'UNKNOWN'],
    [
      'a notice that reserves all rights beside an address',
      { notices: ['All rights reserved'], licenseUrl: by },
      'UNKNOWN',
    ],
    [
      'terms that a notice takes back',
      { usageTerms: 'CC BY 4.0', notices: ['No use without permission'] },
      'UNKNOWN',
    ],
    ['two that contradict each other', { usageTerms: 'CC BY-SA 4.0', licenseUrl: by }, 'UNKNOWN'],
  ])('finds one in %s', (_, fields, id) => {
    const { license, licenseUrl } = statedLicense({ ...noFields, ...fields });
    expect(license + licenseUrl).not.toBe('');
    expect(parseLicense(license, licenseUrl).id).toBe(id);
  });

  it.each<[string, Partial<MetadataFields>]>([
    ['an owner', { notices: ['© 2020 Ann'] }],
    ["an address of the author's own", { licenseUrl: 'https://example.org/about-me' }],
    ['silence', {}],
  ])('finds none in %s', (_, fields) => {
    expect(statedLicense({ ...noFields, ...fields })).toEqual({ license: '', licenseUrl: '' });
  });
});
