import type { Credit } from '@collage/proto/collage/v1/photo.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collageLicense } from './compatibility.js';
import { parseLicense } from './license.js';
import { partUnder } from './testing/part-under.js';

/** What a license lets others do with a collage; read off its name here, apart from the code under test. */
interface Freedoms {
  withoutNaming: boolean;
  commercially: boolean;
  adapted: boolean;
  underOtherTerms: boolean;
}

/** The freedoms that a name grants; a name that is no license of the table grants nothing. */
function freedomsOf(name: string): Freedoms {
  const free = /^(CC0|Public domain)/.test(name);
  const creativeCommons = name.startsWith('CC BY');
  const notice = /^(MIT|BSD)/.test(name);
  return {
    withoutNaming: free,
    commercially: free || notice || (creativeCommons && !name.includes('NC')),
    adapted: free || notice || (creativeCommons && !name.includes('ND')),
    underOtherTerms: free || notice || (creativeCommons && !/SA|ND/.test(name)),
  };
}

const version = fc.constantFrom('1.0', '2.0', '2.5', '3.0', '4.0');
const port = fc.constantFrom('', ' DE', ' AU', ' JP', ' IGO');
const elements = fc.constantFrom('BY', 'BY-SA', 'BY-NC', 'BY-NC-SA', 'BY-ND', 'BY-NC-ND');
const creativeCommons = fc
  .tuple(elements, version, port)
  .map(([terms, number, place]) => `CC ${terms} ${number}${number === '4.0' ? '' : place}`);
const usable = fc.oneof(
  fc.constantFrom('CC0 1.0', 'Public domain', 'MIT', 'BSD-3-Clause'),
  creativeCommons.filter((name) => !name.includes('ND') && !/SA 1\.0/.test(name)),
);
const refused = fc.oneof(
  fc.constantFrom('GFDL', 'GPL-3.0', 'Free Art License', 'All rights reserved', 'Ask me', ''),
  creativeCommons.filter((name) => name.includes('ND') || /SA 1\.0/.test(name)),
);
const share = fc.double({ min: 0, max: 1, noNaN: true });
const credit = (name: fc.Arbitrary<string>) =>
  fc
    .tuple(name, fc.constantFrom('Cat', 'Dog', 'Fog', ''), share, fc.nat(5))
    .map(([license, title, visibleShare, digest]) =>
      partUnder(license, { title: `${title} ${license}`, visibleShare, photoDigest: `${license}${digest}` }),
    );
const mostlyUsable = fc.array(credit(fc.oneof({ weight: 9, arbitrary: usable }, refused)), { maxLength: 8 });
const wishes = fc.boolean().map((noncommercialAllowed) => ({ noncommercialAllowed }));
/** A seed of its own: the same cases each time. */
const runs = { numRuns: 500, seed: 6 };

function nameOf({ license }: Credit): string {
  return license?.name ?? '';
}

/** The license's name, or nothing where there is none. */
function granted(parts: Credit[], noncommercialAllowed = true): string | undefined {
  const result = collageLicense(parts, { noncommercialAllowed });
  return 'incompatible' in result ? undefined : result.license?.name;
}

describe('the license of a collage', () => {
  it('grants no freedom that any of its parts does not grant', () => {
    let gave = 0;
    fc.assert(
      fc.property(mostlyUsable, wishes, (parts, { noncommercialAllowed }) => {
        const name = granted(parts, noncommercialAllowed);
        if (name === undefined) return;
        gave++;
        const given = freedomsOf(name);
        for (const part of parts) {
          const allowed = freedomsOf(nameOf(part));
          for (const freedom of Object.keys(given) as (keyof Freedoms)[]) {
            if (given[freedom])
              expect({ [freedom]: allowed[freedom], of: nameOf(part) }).toMatchObject({ [freedom]: true });
          }
          // ShareAlike terms stay as they are: nothing taken away either.
          if (!allowed.underOtherTerms) expect(freedomsOf(name).commercially).toBe(allowed.commercially);
        }
      }),
      runs,
    );
    expect(gave).toBeGreaterThan(100);
  });

  it('takes no freedom away that every part grants', () => {
    fc.assert(
      fc.property(fc.array(credit(usable), { maxLength: 6 }), (parts) => {
        const name = granted(parts);
        if (name === undefined) return;
        const given = freedomsOf(name);
        for (const freedom of Object.keys(given) as (keyof Freedoms)[]) {
          const everywhere = parts.every((part) => freedomsOf(nameOf(part))[freedom]);
          expect({ freedom, given: given[freedom] }).toEqual({ freedom, given: everywhere });
        }
      }),
      runs,
    );
  });

  it('is there exactly when each part may be used and none wants what another forbids', () => {
    fc.assert(
      fc.property(mostlyUsable, wishes, (parts, { noncommercialAllowed }) => {
        const names = parts.map(nameOf);
        const each = parts.every((part) => granted([part], noncommercialAllowed) !== undefined);
        const shareAlike = names.some((name) => /SA/.test(name) && !/NC/.test(name));
        const clash = shareAlike && names.some((name) => /NC/.test(name));
        expect(granted(parts, noncommercialAllowed) !== undefined).toBe(each && !clash);
      }),
      runs,
    );
  });

  it('depends on no order: not its name, nor its reasons, nor what to drop', () => {
    const shuffled = mostlyUsable.chain((parts) =>
      fc.tuple(fc.constant(parts), fc.shuffledSubarray(parts, { minLength: parts.length })),
    );
    fc.assert(
      fc.property(shuffled, wishes, ([parts, again], wish) => {
        expect(collageLicense(again, wish)).toEqual(collageLicense(parts, wish));
      }),
      runs,
    );
  });

  it('is idempotent: a part twice, or the collage itself as a part, changes nothing', () => {
    fc.assert(
      fc.property(fc.array(credit(usable), { minLength: 1, maxLength: 5 }), (parts) => {
        const name = granted(parts);
        expect(granted([...parts, ...parts])).toBe(name);
        if (name !== undefined) expect(granted([...parts, partUnder(name)])).toBe(name);
      }),
      runs,
    );
  });

  it('is the same in one go and collage by collage', () => {
    fc.assert(
      fc.property(
        fc.array(credit(usable), { maxLength: 4 }),
        fc.array(credit(usable), { maxLength: 4 }),
        (a, b) => {
          const [left, right] = [granted(a), granted(b)];
          if (left === undefined || right === undefined) return;
          expect(granted([partUnder(left), partUnder(right)])).toBe(granted([...a, ...b]));
        },
      ),
      runs,
    );
  });

  it('fits after no more than two droppings of what it names', () => {
    fc.assert(
      fc.property(mostlyUsable, (parts) => {
        let left = parts;
        for (let turn = 0; turn < 2; turn++) {
          const result = collageLicense(left, { noncommercialAllowed: true });
          if (!('incompatible' in result)) return;
          const { drop } = result.incompatible;
          expect(drop.length).toBeGreaterThan(0);
          left = left.filter((part) => !drop.includes(part));
        }
        expect(granted(left)).toBeDefined();
      }),
      runs,
    );
  });

  it('reads back under its own name', () => {
    fc.assert(
      fc.property(fc.array(credit(usable), { maxLength: 4 }), (parts) => {
        const name = granted(parts);
        if (name !== undefined) expect(parseLicense(name).name).toBe(name);
      }),
      runs,
    );
  });
});
