import type { Credit, License } from '@collage/proto/collage/v1/photo.js';
import { describe, expect, it } from 'vitest';
import { collageLicense, licenseVerdict } from './compatibility.js';
import { parseLicense } from './license.js';

const strict = { noncommercialAllowed: false };
const lenient = { noncommercialAllowed: true };

function part(license: string, changes: Partial<Credit> = {}): Credit {
  return {
    title: license,
    author: 'Ann',
    authorUrl: '',
    sourceUrl: 'https://example.org/photo',
    license: parseLicense(license),
    earlierChanges: '',
    changes: '',
    photoDigest: license,
    visibleShare: 0,
    ...changes,
  };
}

/** The collage's license as an id, or why there is none. */
function outcome(licenses: string[], wishes: { noncommercialAllowed: boolean }): string {
  const result = collageLicense(
    licenses.map((license) => part(license)),
    wishes,
  );
  return 'incompatible' in result ? result.incompatible.reason : (result.license?.id ?? '');
}

/** What stands in the table, spelled out. `!` is what NonCommercial parts give when they were not asked for. */
const OUTCOMES: Record<string, string> = {
  '0': 'CC0-1.0',
  B: 'CC-BY-4.0',
  S: 'CC-BY-SA-4.0',
  N: 'CC-BY-NC-4.0',
  M: 'CC-BY-NC-SA-4.0',
  x: 'LICENSES_INCOMPATIBLE',
  '1': 'LICENSE_BY_SA_1_0',
  D: 'LICENSE_ND',
  G: 'LICENSE_COPYLEFT',
  '?': 'LICENSE_UNKNOWN',
};

/**
 * Every pair, NonCommercial allowed; columns in the order of rows. Written by hand from the licenses, not
 * from the code: a change here is a change of law, not of taste.
 */
const PAIRS: [license: string, outcomes: string][] = [
  ['CC0 1.0', '0 0 B B B B B B B S S S S S 1 N N M M 1 D D G ?'],
  ['Public domain', '0 0 B B B B B B B S S S S S 1 N N M M 1 D D G ?'],
  ['CC BY 1.0', 'B B B B B B B B B S S S S S 1 N N M M 1 D D G ?'],
  ['CC BY 2.0', 'B B B B B B B B B S S S S S 1 N N M M 1 D D G ?'],
  ['CC BY 2.5', 'B B B B B B B B B S S S S S 1 N N M M 1 D D G ?'],
  ['CC BY 3.0', 'B B B B B B B B B S S S S S 1 N N M M 1 D D G ?'],
  ['CC BY 4.0', 'B B B B B B B B B S S S S S 1 N N M M 1 D D G ?'],
  ['CC BY 2.5 AU', 'B B B B B B B B B S S S S S 1 N N M M 1 D D G ?'],
  ['BSD-3-Clause', 'B B B B B B B B B S S S S S 1 N N M M 1 D D G ?'],
  ['CC BY-SA 2.0', 'S S S S S S S S S S S S S S 1 x x x x 1 D D G ?'],
  ['CC BY-SA 2.5', 'S S S S S S S S S S S S S S 1 x x x x 1 D D G ?'],
  ['CC BY-SA 3.0', 'S S S S S S S S S S S S S S 1 x x x x 1 D D G ?'],
  ['CC BY-SA 4.0', 'S S S S S S S S S S S S S S 1 x x x x 1 D D G ?'],
  ['CC BY-SA 3.0 DE', 'S S S S S S S S S S S S S S 1 x x x x 1 D D G ?'],
  ['CC BY-SA 1.0', '1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1'],
  ['CC BY-NC 2.0', 'N N N N N N N N N x x x x x 1 N N M M 1 D D G ?'],
  ['CC BY-NC 4.0', 'N N N N N N N N N x x x x x 1 N N M M 1 D D G ?'],
  ['CC BY-NC-SA 2.0', 'M M M M M M M M M x x x x x 1 M M M M 1 D D G ?'],
  ['CC BY-NC-SA 4.0', 'M M M M M M M M M x x x x x 1 M M M M 1 D D G ?'],
  ['CC BY-NC-SA 1.0', '1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1'],
  ['CC BY-ND 2.0', 'D D D D D D D D D D D D D D D D D D D D D D D D'],
  ['CC BY-NC-ND 4.0', 'D D D D D D D D D D D D D D D D D D D D D D D D'],
  ['GFDL', 'G G G G G G G G G G G G G G G G G G G G G G G G'],
  ['All rights reserved', '? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ?'],
];
const LICENSES = PAIRS.map(([license]) => license);
const USABLE = LICENSES.filter((license) => licenseVerdict(parseLicense(license), lenient).usable);

describe('collageLicense, truth table of all pairs', () => {
  const cells = PAIRS.flatMap(([row, outcomes]) =>
    outcomes.split(' ').map((letter, column) => [row, LICENSES[column] ?? '', letter] as const),
  );

  it('has a cell for every pair', () => {
    expect(cells).toHaveLength(LICENSES.length ** 2);
  });

  it.each(cells)('%s beside %s gives %s', (row, column, letter) => {
    // Of two refused parts the first one gives the reason, which is the row.
    expect(outcome([row, column], lenient)).toBe(OUTCOMES[letter]);
  });

  it.each(LICENSES.filter((license) => license.includes('NC') && !/ND|1\.0/.test(license)))(
    'refuses %s unless NonCommercial is allowed',
    (license) => {
      expect(outcome([license], strict)).toBe('LICENSE_NC');
      expect(outcome(['CC BY-SA 4.0', license], strict)).toBe('LICENSE_NC');
    },
  );
});

describe('collageLicense, properties over all triples of usable licenses', () => {
  const triples = USABLE.flatMap((a) => USABLE.flatMap((b) => USABLE.map((c) => [a, b, c])));
  const demandsOf = (id: string): Set<string> => {
    const demands = new Set(id.split('-').filter((word) => ['BY', 'NC', 'SA'].includes(word)));
    return id.startsWith('BSD') ? new Set(['BY']) : demands;
  };

  it('never gives a license that is more permissive than any part', () => {
    expect(triples.length).toBeGreaterThan(4000);
    for (const triple of triples) {
      const id = outcome(triple, lenient);
      if (id === 'LICENSES_INCOMPATIBLE') continue;
      const granted = demandsOf(id);
      for (const license of triple) {
        const demanded = demandsOf(parseLicense(license).id);
        expect([...demanded].filter((demand) => !granted.has(demand))).toEqual([]);
        if (demanded.has('SA')) {
          expect([...granted].toSorted()).toEqual([...demanded].toSorted());
        }
      }
    }
  });

  it('demands nothing that no part demands', () => {
    for (const triple of triples) {
      const id = outcome(triple, lenient);
      if (id === 'LICENSES_INCOMPATIBLE') continue;
      const demanded = new Set(triple.flatMap((license) => [...demandsOf(parseLicense(license).id)]));
      expect([...demandsOf(id)].filter((demand) => !demanded.has(demand))).toEqual([]);
    }
  });

  it('gives the same license and explanation in any order', () => {
    for (const [a = '', b = '', c = ''] of triples) {
      const inOrder = collageLicense([part(a), part(b), part(c)], lenient);
      expect(collageLicense([part(c), part(a), part(b)], lenient)).toEqual(inOrder);
      expect(collageLicense([part(b), part(a), part(c)], lenient)).toEqual(inOrder);
    }
  }, 60_000);
});

describe('collageLicense', () => {
  it('names the photos that force the license, each title once and in order', () => {
    const parts = [
      part('CC BY-SA 3.0', { title: 'Penguin' }),
      part('CC BY 2.0', { title: 'Mountain' }),
      part('CC BY-SA 4.0', { title: 'Igloo' }),
      part('CC BY-SA 4.0', { title: 'Igloo' }),
      part('CC BY-SA 2.0', { title: '' }),
    ];
    expect(collageLicense(parts, strict)).toEqual({
      license: parseLicense('CC BY-SA 4.0'),
      explanation:
        '4 photos are under a license that asks for adaptations under the same license or a later version of it ' +
        '(CC BY-SA 2.0, CC BY-SA 3.0, CC BY-SA 4.0), which CC BY-SA 4.0 gives.',
      forcedBy: ['Igloo', 'Penguin', 'untitled photo'],
    });
  });

  it('chooses the freest license when nothing is asked for, or nothing is seen', () => {
    expect(collageLicense([part('CC0'), part('Public domain')], strict)).toMatchObject({
      license: { id: 'CC0-1.0' },
      forcedBy: [],
    });
    expect(outcome([], strict)).toBe('CC0-1.0');
  });

  it('proposes to drop the side that is seen less, before rendering the one with fewer photos', () => {
    const shareAlike = part('CC BY-SA 4.0', { title: 'Cat', visibleShare: 0.1 });
    const noncommercial = part('CC BY-NC 4.0', { title: 'Dog', visibleShare: 0.4 });
    const seen = collageLicense([shareAlike, noncommercial], lenient);
    expect(seen).toEqual({
      incompatible: {
        reason: 'LICENSES_INCOMPATIBLE',
        explanation: `ShareAlike and NonCommercial photos can't be in one collage: leave out "Cat", or instead "Dog".`,
        drop: [shareAlike],
      },
    });
    const unseen = [part('CC BY-SA 4.0'), part('CC BY-SA 3.0'), part('CC BY-NC 4.0')];
    expect(collageLicense(unseen, lenient)).toMatchObject({
      incompatible: { drop: [{ title: 'CC BY-NC 4.0' }] },
    });
  });

  it('fits once what it names is dropped', () => {
    const parts = ['CC BY-SA 4.0', 'CC BY 2.0', 'CC BY-NC-SA 3.0', 'CC BY-ND 2.0'].map((name) => part(name));
    const first = collageLicense(parts, lenient);
    if (!('incompatible' in first)) throw new Error('expected a conflict');
    const withoutNd = parts.filter((one) => !first.incompatible.drop.includes(one));
    const second = collageLicense(withoutNd, lenient);
    if (!('incompatible' in second)) throw new Error('expected a conflict');
    const left = withoutNd.filter((one) => !second.incompatible.drop.includes(one));
    expect(collageLicense(left, lenient)).not.toHaveProperty('incompatible');
  });

  it('names every part that may not be used at all', () => {
    const bad = [part('CC BY-ND 2.0'), part('')];
    expect(collageLicense([part('CC0'), ...bad], lenient)).toMatchObject({
      incompatible: { reason: 'LICENSE_ND', drop: bad },
    });
  });
});

describe('licenseVerdict', () => {
  const nothing: License = { id: '', name: '', url: '' };
  it.each<[string, License | undefined]>([
    ['absent', undefined],
    ['empty', nothing],
    ['read from empty text', parseLicense(' ')],
  ])('refuses a photo whose license is %s', (_, license) => {
    expect(licenseVerdict(license, lenient)).toMatchObject({ usable: false, reason: 'NO_LICENSE' });
  });

  it('says in one sentence why a license is refused', () => {
    expect(licenseVerdict(parseLicense('CC BY-ND 2.0'), lenient)).toEqual({
      usable: false,
      reason: 'LICENSE_ND',
      detail: 'CC BY-ND 2.0 forbids adaptations, and a cut-out is one',
    });
    expect(licenseVerdict(parseLicense('Ask me first'), lenient)).toMatchObject({
      reason: 'LICENSE_UNKNOWN',
      detail: '"Ask me first" is not a license this program understands',
    });
  });

  it.each(['GPL-2.0', 'AGPL-3.0', 'LGPL-3.0', 'Free Art License'])(
    'refuses %s, a copyleft of another kind',
    (name) => {
      expect(licenseVerdict(parseLicense(name), lenient)).toMatchObject({ reason: 'LICENSE_COPYLEFT' });
    },
  );

  it.each([
    [['CC-BY'], 'CC BY 2.0', true],
    [['cc-by'], 'CC BY 2.5 AU', true],
    [['CC-BY'], 'CC BY-SA 2.0', false],
    [['CC-BY-2.5'], 'CC BY 2.5 AU', true],
    [['CC-BY-2.5-AU'], 'CC BY 2.5', false],
    [['CC-BY-4.0'], 'CC BY 2.0', false],
    [['CC0', 'PD'], 'Public domain', true],
    [['CC0', 'PD'], 'CC0', true],
    [['CC0'], 'Public domain', false],
    [['CC-BY-SA'], 'CC BY-SA 3.0', true],
    [[], 'CC BY-SA 3.0', true],
  ])('with %j wanted, %s is usable: %s', (licenses, name, usable) => {
    const verdict = licenseVerdict(parseLicense(name), { ...strict, licenses });
    expect(verdict.usable).toBe(usable);
    if (!verdict.usable) expect(verdict.reason).toBe('LICENSE_NOT_WANTED');
  });

  it('does not let a list of wanted licenses bring in what is not allowed', () => {
    const wishes = { ...strict, licenses: ['CC-BY-NC', 'CC-BY-ND', 'CC-BY-SA-1.0'] };
    expect(licenseVerdict(parseLicense('CC BY-NC 4.0'), wishes)).toMatchObject({ reason: 'LICENSE_NC' });
    expect(licenseVerdict(parseLicense('CC BY-ND 4.0'), wishes)).toMatchObject({ reason: 'LICENSE_ND' });
    expect(licenseVerdict(parseLicense('CC BY-SA 1.0'), wishes)).toMatchObject({
      reason: 'LICENSE_BY_SA_1_0',
    });
  });
});
