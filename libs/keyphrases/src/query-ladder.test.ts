import { describe, expect, it } from 'vitest';
import { extractKeyphrases } from './extract-keyphrases.js';

describe('the query ladder', () => {
  it.each([
    ['penguins skiing', ['penguins skiing', 'penguins']],
    [
      'a fluffy little orange tabby cat',
      ['fluffy little orange tabby cat', 'orange tabby cat', 'tabby cat', 'cat'],
    ],
    ['flying saucers', ['flying saucers', 'saucers']],
    ['seagulls circle above', ['seagulls circle', 'seagulls']],
    ['a ballerina dancing on ice', ['ballerina dancing', 'ballerina']],
    ['a small dog chases butterflies', ['small dog chases', 'small dog', 'dog']],
    ['autumn leaves', ['autumn leaves', 'leaves']],
    ["children's toys", ["children's toys", 'toys']],
    ['Albert Einstein riding', ['Albert Einstein riding', 'Albert Einstein']],
    ['the Golden Gate Bridge', ['Golden Gate Bridge']],
    ['elephant', ['elephant']],
    ['swimming', ['swimming']],
    ['un chat noir sur un toit rouge', ['chat noir', 'chat']],
    ['ein roter Ballon im Schnee', ['roter Ballon', 'Ballon']],
    ['红色的气球在公园里', ['红色的气球', '气球']],
  ])('of "%s" goes from the most specific down', (prompt, queries) => {
    expect(extractKeyphrases(prompt).keyphrases[0]?.queries).toEqual(queries);
  });
});
