import { Collage } from '@collage/proto/collage/v1/collage.js';
import type { Credit } from '@collage/proto/collage/v1/photo.js';
import { describe, expect, it } from 'vitest';
import { attributionLine, creditsJson, creditsText, visibleCredits } from './attribution.js';
import { collageLicense } from './compatibility.js';
import { parseLicense } from './license.js';

const penguin: Credit = {
  title: 'Leaping penguin',
  author: 'Ann Example',
  authorUrl: 'https://example.org/ann',
  sourceUrl: 'https://example.org/photos/1',
  license: parseLicense('CC BY-SA 3.0'),
  earlierChanges: 'resized to 1024 px',
  changes: 'cut out, scaled, rotated',
  photoDigest: 'a',
  visibleShare: 0.25,
  restrictions: [],
};
const fakeModel = { name: 'x', revision: '1', digest: 'aa', weightsAreRandom: true, license: 'CC0-1.0' };
const mountain: Credit = {
  ...penguin,
  title: 'Mountain',
  author: '',
  authorUrl: '',
  license: parseLicense('Public domain'),
  earlierChanges: '',
  photoDigest: 'b',
  visibleShare: 0.4821,
};
const speck: Credit = { ...mountain, title: 'Speck', photoDigest: 'c', visibleShare: 0.0004 };
const hidden: Credit = { ...penguin, title: 'Hidden', photoDigest: 'd', visibleShare: 0 };

function licensed(credits: Credit[]) {
  const result = collageLicense(credits, { noncommercialAllowed: false });
  if ('incompatible' in result) throw new Error(result.incompatible.explanation);
  return result;
}

describe('attributionLine', () => {
  it('gives title, author, license, source and changes, earlier ones kept', () => {
    expect(attributionLine(penguin)).toBe(
      '"Leaping penguin" by Ann Example (https://example.org/ann), licensed under CC BY-SA 3.0 ' +
        '(https://creativecommons.org/licenses/by-sa/3.0/); source: https://example.org/photos/1; ' +
        'changes made: cut out, scaled, rotated; earlier changes: resized to 1024 px.',
    );
  });

  it('says what is not known instead of leaving it out', () => {
    expect(attributionLine({ ...mountain, title: '' })).toBe(
      '"untitled photo" by unknown author, public domain; source: https://example.org/photos/1; ' +
        'changes made: cut out, scaled, rotated.',
    );
    expect(attributionLine({ ...mountain, license: undefined })).toContain('license unknown');
  });

  it('passes on what the source warns of', () => {
    const warned = { ...penguin, restrictions: ['personality', 'trade\nmarked'] };
    expect(attributionLine(warned)).toMatch(/; its source warns of: personality rights, trade marked\.$/);
    expect(attributionLine(penguin)).not.toContain('warns');
    const json = JSON.parse(creditsJson([warned], licensed([warned])));
    expect(json.credits[0].restrictions).toEqual(warned.restrictions);
  });

  it('stays on one line and in reading order whatever a title holds', () => {
    const title = 'One\r\nTwo\u2028Three\t\u0007 \u202eFour  ';
    const line = attributionLine({ ...penguin, title, author: 'Ann\nBob' });
    expect(line).toContain('"One Two Three Four" by Ann Bob');
    // oxlint-disable-next-line no-control-regex
    expect(line).not.toMatch(/[\u0000-\u001f\u202a-\u202e\u2028]/);
  });
});

describe('visibleCredits', () => {
  it('leaves out what is not seen and puts the most visible first, whatever the order given', () => {
    const expected = ['Mountain', 'Leaping penguin', 'Speck'];
    expect(visibleCredits([hidden, speck, penguin, mountain]).map(({ title }) => title)).toEqual(expected);
    expect(visibleCredits([mountain, penguin, hidden, speck]).map(({ title }) => title)).toEqual(expected);
  });
});

describe('creditsText', () => {
  it('states the license, why, and every visible photo with its share', () => {
    const credits = [penguin, hidden, speck, mountain];
    expect(
      creditsText(credits, licensed(visibleCredits(credits)), { prompt: 'penguins on a\nmountain' }),
    ).toBe(
      [
        'Photo collage: "penguins on a mountain"',
        '',
        'This collage may be published under CC BY-SA 4.0 (https://creativecommons.org/licenses/by-sa/4.0/).',
        'One photo is under a license that asks for adaptations under the same license or a later version of it ' +
          '(CC BY-SA 3.0), which CC BY-SA 4.0 gives.',
        'Because of: "Leaping penguin".',
        '',
        'Photos, by the share of the picture where each is seen:',
        '',
        `1.  48.2 %  ${attributionLine(mountain)}`,
        '',
        `2.  25.0 %  ${attributionLine(penguin)}`,
        '',
        `3. < 0.1 %  ${attributionLine(speck)}`,
        '',
        "None of the authors endorses this collage. The license stated is an engineer's reading, not legal advice.",
        '',
      ].join('\n'),
    );
  });

  it('names the models that made it', () => {
    const text = creditsText([penguin], licensed([penguin]), { prompt: 'ice', models: 'seen by x (1)' });
    expect(text).toContain('\nMade without a generative model: seen by x (1).\n');
  });

  it('says so when no photo is seen', () => {
    const text = creditsText([hidden], licensed([]), { prompt: 'fog' });
    expect(text).toContain('No photo is seen in it.');
    expect(text).toContain('CC0 1.0');
    expect(text).not.toContain('Hidden');
  });
});

describe('creditsJson', () => {
  it('is the proto3 JSON of a collage that holds only credits, license and models', () => {
    const license = licensed([penguin, mountain]);
    const json = creditsJson([penguin, hidden, mountain], license);
    expect(Object.keys(JSON.parse(json))).toEqual(['credits', 'license']);
    const models = { perceptor: fakeModel, segmenter: undefined };
    const withModels = Collage.fromJSON(JSON.parse(creditsJson([penguin], license, models)));
    expect(withModels.models).toEqual(models);
    const collage = Collage.fromJSON(JSON.parse(json));
    expect(collage.credits).toEqual([mountain, penguin]);
    expect(collage.license).toEqual(license);
  });
});
