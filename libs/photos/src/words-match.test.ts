import { Keyphrase } from '@collage/proto/collage/v1/collage.js';
import { describe, expect, it } from 'vitest';
import { orderByWords, plainWords, wordsMatch } from './words-match.js';

const photo = (title: string, description = '', categories: string[] = []) => ({
  title,
  description,
  categories,
});
const keyphrase = (text: string, ...queries: string[]) =>
  Keyphrase.fromPartial({ text, queries, weight: 0.5 });

describe('plainWords', () => {
  it('drops case, accents, punctuation and plural endings', () => {
    expect(plainWords('Zwei Füchse, am SEE!')).toEqual(['zwei', 'fuchse', 'am', 'see']);
    expect(plainWords('butterflies foxes penguins glass bus')).toEqual([
      'butterfly',
      'fox',
      'penguin',
      'glass',
      'bus',
    ]);
    expect(plainWords('пингвины 2024')).toEqual(['пингвины', '2024']);
    expect(plainWords('…')).toEqual([]);
  });
});

describe('wordsMatch', () => {
  it('is the share of words found in title, description and categories', () => {
    expect(wordsMatch(photo('A penguin'), keyphrase('penguins'))).toBe(1);
    expect(wordsMatch(photo('DSC 1', 'a snowy slope'), keyphrase('snowy mountain'))).toBe(0.5);
    expect(wordsMatch(photo('DSC 1', '', ['Mountains']), keyphrase('snowy mountain'))).toBe(0.5);
    expect(wordsMatch(photo('A cat'), keyphrase('penguins'))).toBe(0);
  });

  it('takes the best query, the more specific one first', () => {
    const phrase = keyphrase('penguins skiing', 'penguins skiing', 'penguins');
    const [skiing, penguin] = [photo('Penguin skiing'), photo('Penguin')];
    expect(wordsMatch(skiing, phrase)).toBe(1);
    expect(wordsMatch(penguin, phrase)).toBeGreaterThan(0.9);
    expect(wordsMatch(penguin, phrase)).toBeLessThan(1);
  });
});

describe('orderByWords', () => {
  it('takes turns between keyphrases, then the rest as it came', () => {
    const photos = [
      photo('Sky'),
      photo('Cat 1'),
      photo('Cat 2'),
      photo('Cat 3'),
      photo('Dog'),
      photo('Cat dog'),
    ];
    const ordered = orderByWords(photos, [keyphrase('cats'), keyphrase('dogs')]);
    expect(ordered.map(({ title }) => title)).toEqual(['Cat 1', 'Dog', 'Cat 2', 'Cat dog', 'Cat 3', 'Sky']);
  });

  it('changes nothing without keyphrases', () => {
    const photos = [photo('b'), photo('a')];
    expect(orderByWords(photos, [])).toEqual(photos);
  });
});
