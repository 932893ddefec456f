import { describe, expect, it } from 'vitest';
import { detectLanguage } from './detect-language.js';
import { tokenizePrompt } from './tokenize-prompt.js';

describe('detectLanguage', () => {
  it.each([
    ['penguins skiing down a snowy mountain', 'en'],
    ['elephant', 'en'],
    ['un chat noir sur un toit rouge', 'fr'],
    ['UN CHAT NOIR SUR UN TOIT ROUGE', 'fr'],
    ['dos perros jugando en la playa', 'es'],
    ['ein Hund auf dem Sofa', 'de'],
    ['due gatti con un cappello sul tetto', 'it'],
    ['um gato preto com um chapéu no telhado', 'pt'],
    ['een hond en een kat op het strand', 'nl'],
    ['企鹅从雪山上滑下', 'zh'],
    ['富士山と桜', 'ja'],
    ['고양이가 지붕 위에', 'ko'],
    ['кот на крыше', 'und'],
    ['🐱🐶', 'und'],
    ['', 'und'],
    // One foreign word, or names that hold small foreign words, are not a language.
    ['le chat in the garden', 'en'],
    ['Vincent van Gogh in a field', 'en'],
    ['Leonardo da Vinci and Ludwig van Beethoven', 'en'],
    ['Rio de la Plata', 'en'],
    ['El Greco, La Paz, Los Angeles', 'en'],
    ['a 企鹅 skiing down a snowy mountain', 'en'],
  ])('%j is %s', (prompt, language) => {
    expect(detectLanguage(prompt, tokenizePrompt(prompt))).toBe(language);
  });
});
