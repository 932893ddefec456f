import { describe, expect, it } from 'vitest';
import { searchTerms } from './search-terms.js';

describe('searchTerms', () => {
  it.each([
    ['penguins skiing', 'penguins skiing'],
    ['"snowy mountain"', 'snowy mountain'],
    ['-penguin !fish +bird', 'penguin fish bird'],
    ['intitle:penguin incategory:"Birds"', 'intitle penguin incategory Birds'],
    ['penguin* p?nguin~2 (bird|fish) \\', 'penguin p nguin 2 bird fish'],
    ['cats OR dogs AND NOT birds', 'cats or dogs and not birds'],
    ["children's fire-breathing toy", "children's fire-breathing toy"],
    ['Füchse  im\tSchnee', 'Füchse im Schnee'],
    ['富士山', '富士山'],
    ['St. Bernard 3.5', 'St Bernard 3.5'],
    ['?!', ''],
  ])('of %j are %j', (query, terms) => {
    expect(searchTerms(query, false)).toBe(terms);
  });

  it('ask CirrusSearch for bitmaps only, and it alone', () => {
    expect(searchTerms('penguin', true)).toBe('penguin filetype:bitmap');
    expect(searchTerms('?!', true)).toBe('');
  });

  it('end with a whole word before they are longer than CirrusSearch takes', () => {
    const terms = searchTerms('penguin '.repeat(100), true);
    expect(terms.length).toBeLessThan(300);
    expect(terms).toMatch(/^(penguin )+filetype:bitmap$/);
  });
});
