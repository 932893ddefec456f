import type { License } from '@collage/proto/collage/v1/photo.js';
import { describe, expect, it } from 'vitest';
import { collageLicense, licenseVerdict } from './compatibility.js';
import { parseLicense } from './license.js';
import { partUnder as part } from './testing/part-under.js';

const strict = { noncommercialAllowed: false };
const lenient = { noncommercialAllowed: true };

/** The collage's license as an id, or why there is none. */
function outcome(licenses: string[], wishes: { noncommercialAllowed: boolean }): string {
  const result = collageLicense(
    licenses.map((license) => part(license)),
    wishes,
  );
  return 'incompatible' in result ? result.incompatible.reason : (result.license?.id ?? '');
}

describe('collageLicense', () => {
  it.each(['CC BY-NC 2.0', 'CC BY-NC 4.0', 'CC BY-NC-SA 2.0', 'CC BY-NC-SA 4.0'])(
    'refuses %s unless NonCommercial is allowed',
    (license) => {
      expect(outcome([license], strict)).toBe('LICENSE_NC');
      expect(outcome(['CC BY-SA 4.0', license], strict)).toBe('LICENSE_NC');
    },
  );

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

  it('names every part that may not be used at all, and the gravest reason, in any order', () => {
    const [forbidden, unlicensed] = [part('CC BY-ND 2.0'), part('')];
    const refused = { incompatible: { reason: 'NO_LICENSE', drop: [unlicensed, forbidden] } };
    expect(collageLicense([part('CC0'), forbidden, unlicensed], lenient)).toMatchObject(refused);
    expect(collageLicense([unlicensed, part('CC0'), forbidden], lenient)).toMatchObject(refused);
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
