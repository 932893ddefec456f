import { describe, expect, it } from 'vitest';
import { cleanPrompt } from './clean-prompt.js';

describe('cleanPrompt', () => {
  it.each([
    ['  a\tcat \n and  dogs ', 'a cat and dogs'],
    ['<p class="x">Tom &amp; Jerry</p>', 'Tom & Jerry'],
    ['1 < 2 and 3 > 2', '1 < 2 and 3 > 2'],
    ['“open” ‘late’ grandma’s', "\"open\" 'late' grandma's"],
    ['ｃａｔ ﬁsh', 'cat fish'],
    ['ice\u2011cream', 'ice-cream'],
    ['cat\u0000\u200b\ufeff dog', 'cat dog'],
    ['a cat 🐱 and 👩‍🚀', 'a cat 🐱 and 👩‍🚀'],
    ['LOUD Capitals', 'LOUD Capitals'],
  ])('turns %j into %j', (prompt, cleaned) => {
    expect(cleanPrompt(prompt)).toBe(cleaned);
  });
});
