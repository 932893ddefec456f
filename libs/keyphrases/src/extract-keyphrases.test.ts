import { Keyphrase_Source, PartOfSpeech } from '@collage/proto/collage/v1/collage.js';
import { describe, expect, it } from 'vitest';
import { cleanPrompt } from './clean-prompt.js';
import { extractKeyphrases } from './extract-keyphrases.js';
import { OWN_PROMPTS } from './testing/own-prompts.js';
import { normalizePhrase, scoreKeyphrases } from './testing/score-keyphrases.js';

const { NOUN, ADJECTIVE, VERB } = PartOfSpeech;
const textsOf = (prompt: string, pos?: PartOfSpeech[]): string[] =>
  extractKeyphrases(prompt, pos && { pos }).keyphrases.map(({ text }) => text);
const noTagger = (): never => {
  throw new Error("Cannot find module 'wink-nlp'\nRequire stack: ...");
};

describe('extractKeyphrases', () => {
  it("gives the article's example with exactly 0.5 and 0.5", () => {
    expect(extractKeyphrases('penguins skiing down a snowy mountain')).toEqual({
      keyphrases: [
        {
          text: 'penguins skiing',
          weight: 0.5,
          start: 0,
          end: 15,
          tokens: [
            { text: 'penguins', partOfSpeech: NOUN },
            { text: 'skiing', partOfSpeech: VERB },
          ],
          queries: ['penguins skiing', 'penguins'],
          source: Keyphrase_Source.TAGGER,
        },
        {
          text: 'snowy mountain',
          weight: 0.5,
          start: 23,
          end: 37,
          tokens: [
            { text: 'snowy', partOfSpeech: ADJECTIVE },
            { text: 'mountain', partOfSpeech: NOUN },
          ],
          queries: ['snowy mountain', 'mountain'],
          source: Keyphrase_Source.TAGGER,
        },
      ],
      warnings: [],
      language: 'en',
    });
  });

  it.each(OWN_PROMPTS)('finds what a person wants: $id', (wanted) => {
    expect(scoreKeyphrases([wanted], textsOf).mistakes).toEqual([]);
  });

  it.each(OWN_PROMPTS)(
    'gives offsets into the cleaned prompt and weights that sum to exactly 1: $id',
    ({ prompt }) => {
      const { keyphrases } = extractKeyphrases(prompt);
      const cleaned = cleanPrompt(prompt);
      expect(keyphrases.map(({ start, end }) => cleaned.slice(start, end))).toEqual(
        keyphrases.map(({ text }) => text),
      );
      expect(keyphrases.every(({ weight }) => weight > 0)).toBe(true);
      expect(keyphrases.reduce((sum, { weight }) => sum + weight, 0)).toBe(1);
      expect(keyphrases.every(({ text, queries }) => queries[0] === text)).toBe(true);
    },
  );

  it('gives the same output for the same input', () => {
    const prompt = OWN_PROMPTS.map((one) => one.prompt)
      .join(', ')
      .slice(0, 1000);
    expect(extractKeyphrases(prompt)).toEqual(extractKeyphrases(prompt));
  });

  it('keeps the first 8 phrases and says which it left out', () => {
    const prompt = 'cats, dogs, owls, frogs, bears, foxes, swans, geese, goats, sheep';
    const { keyphrases, warnings } = extractKeyphrases(prompt);
    expect(keyphrases.map(({ text }) => text)).toEqual(prompt.split(', ').slice(0, 8));
    expect(warnings).toEqual(['Only the first 8 keyphrases are used; left out: "goats", "sheep".']);
    expect(extractKeyphrases(prompt, { maxPhrases: 2 }).keyphrases.map(({ weight }) => weight)).toEqual([
      0.5, 0.5,
    ]);
  });

  it('uses only the chosen parts of speech', () => {
    const prompt = 'penguins skiing down a snowy mountain';
    expect(textsOf(prompt, [NOUN])).toEqual(['penguins', 'mountain']);
    expect(textsOf(prompt, [NOUN, ADJECTIVE])).toEqual(['penguins', 'snowy mountain']);
    expect(textsOf(prompt, [NOUN, VERB])).toEqual(['penguins skiing', 'mountain']);
    expect(textsOf(prompt, [ADJECTIVE])).toEqual(['snowy']);
  });
});

describe('extractKeyphrases degrading', () => {
  it.each([[''], ['   \n\t '], ['?!... --'], ['<br/>'], ['\u0000\u200b']])(
    'finds nothing in %j, and says so instead of throwing',
    (prompt) => {
      const { keyphrases, warnings } = extractKeyphrases(prompt);
      expect(keyphrases).toEqual([]);
      expect(warnings).toEqual(['The prompt holds no word to look for.']);
    },
  );

  it('finds nothing in stop words only', () => {
    expect(extractKeyphrases('the of and')).toMatchObject({
      keyphrases: [],
      warnings: ['The prompt holds only small words: "the of and".'],
    });
  });

  it.each<[string, string, PartOfSpeech[] | undefined]>([
    ['no word has a chosen part of speech', 'red balloon', [VERB]],
    ['there are only numbers', '1984', undefined],
    ['there are only emoji', '🐱🐶', undefined],
    ['the script is not known to the extractor', 'кот на крыше', undefined],
    ['the script has no spaces and no dictionary here', '고양이가 지붕 위에', undefined],
  ])('takes the whole prompt when %s', (_, prompt, pos) => {
    const { keyphrases } = extractKeyphrases(prompt, pos && { pos });
    expect(keyphrases).toHaveLength(1);
    expect(keyphrases[0]).toMatchObject({
      text: prompt,
      weight: 1,
      source: Keyphrase_Source.PROMPT,
      queries: [prompt],
    });
  });

  it('goes on with stop words and a warning when the tagger is not there', () => {
    const { keyphrases, warnings } = extractKeyphrases(
      'two cats and a red balloon over the sea',
      {},
      noTagger,
    );
    expect(keyphrases.map(({ text }) => text)).toEqual(['cats', 'red balloon', 'sea']);
    expect(keyphrases[0]?.source).toBe(Keyphrase_Source.STOPWORDS);
    expect(warnings).toEqual([
      "The part-of-speech tagger is not at hand (Cannot find module 'wink-nlp'): keyphrases are rougher.",
    ]);
  });

  it('goes on with stop words when the tagger throws on a text', () => {
    const throwing = () => () => {
      throw new TypeError('odd text');
    };
    expect(extractKeyphrases('a cat', {}, throwing).keyphrases).toMatchObject([{ text: 'cat' }]);
  });

  it('never throws for odd text', () => {
    const odd = [
      '\ud800 cat',
      'a'.repeat(1000),
      "'".repeat(1000),
      '<'.repeat(1000),
      '&#x110000;',
      'İİİ',
      '-'.repeat(999),
      '的'.repeat(1000),
      '1️⃣ ☀️',
    ];
    for (const prompt of odd) {
      const { keyphrases } = extractKeyphrases(prompt);
      const sum = keyphrases.reduce((total, { weight }) => total + weight, 0);
      expect([0, 1]).toContain(sum);
    }
  });

  it('refuses more than 1,000 characters, counted as people count them', () => {
    expect(() => extractKeyphrases('a'.repeat(10_000))).toThrow(
      'Expected at most 1000 characters for prompt but received 10000.',
    );
    expect(() => extractKeyphrases('🐱'.repeat(1001))).toThrow('received 1001');
    expect(extractKeyphrases('🐱'.repeat(1000)).keyphrases).toHaveLength(1);
    // One character that cleaning turns into eighteen.
    expect(() => extractKeyphrases('\ufdfa'.repeat(1000))).toThrow('received 18000');
  });

  it.each([
    [{ pos: [] }, 'one or more of noun, adjective, verb for pos but received none'],
    [{ pos: [PartOfSpeech.UNSPECIFIED] }, 'for pos but received UNSPECIFIED'],
    [{ pos: [NOUN, 17 as PartOfSpeech] }, 'for pos but received 17'],
    [{ maxPhrases: 0 }, 'a whole number above 0 for maxPhrases but received 0'],
    [{ maxPhrases: 2.5 }, 'received 2.5'],
  ])('refuses the options %j', (options, message) => {
    expect(() => extractKeyphrases('cat', options)).toThrow(message);
  });
});

describe('extractKeyphrases with client phrases', () => {
  it('uses them as given, in their proportions, instead of extraction', () => {
    const phrases = [{ text: 'red fox', weight: 3 }, { text: ' Old  Barn ' }];
    expect(extractKeyphrases('an old barn in the snow', { phrases }).keyphrases).toMatchObject([
      {
        text: 'red fox',
        weight: 0.75,
        start: 0,
        end: 0,
        source: Keyphrase_Source.CLIENT,
        queries: ['red fox', 'fox'],
      },
      { text: 'Old Barn', weight: 0.25, start: 3, end: 11, source: Keyphrase_Source.CLIENT },
    ]);
  });

  it('takes them beside an empty prompt, and each once', () => {
    const phrases = [{ text: 'small dog' }, { text: 'cat', weight: 0 }, { text: 'Small Dog', weight: 2 }];
    expect(extractKeyphrases('', { phrases }).keyphrases).toMatchObject([
      { text: 'small dog', weight: 0.75, queries: ['small dog', 'dog'] },
      { text: 'cat', weight: 0.25 },
    ]);
  });

  it.each([
    [[{ text: 'cat' }, { text: ' ' }], 'a word for keyphrases[1].text but received " "'],
    [[{ text: 'cat', weight: -1 }], 'a number above 0 for keyphrases[0].weight but received -1'],
    [[{ text: 'cat', weight: NaN }], 'received NaN'],
    [[{ text: 'cat', weight: Infinity }], 'received Infinity'],
    [[{ text: 'x'.repeat(1001) }], 'at most 1000 characters for keyphrases[0].text but received 1001'],
  ])('refuses %j', (phrases, message) => {
    expect(() => extractKeyphrases('', { phrases })).toThrow(message);
  });
});

describe('known to be wrong still', () => {
  it.fails('mends typos ("dwon" stays, and looks like a noun)', () => {
    expect(textsOf('penguns skiing dwon a snowwy montain')).toEqual(['penguns skiing', 'snowwy montain']);
  });

  it.fails('sees German verbs (stop words can not)', () => {
    expect(textsOf('ein Hund schläft auf dem Sofa').map(normalizePhrase)).toEqual(['hund', 'sofa']);
  });

  it.fails('knows a French prompt without any function word for French', () => {
    expect(extractKeyphrases('chat noir').language).toBe('fr');
  });

  it.fails('knows that a bare verb behind "a" and a noun is a noun ("a pocket watch")', () => {
    expect(extractKeyphrases('a pocket watch').keyphrases[0]?.queries).toEqual(['pocket watch', 'watch']);
  });

  it.fails('tells a compound in the middle of which a word in -ing stands from a verb', () => {
    expect(textsOf('a rock climbing wall')).toEqual(['rock climbing wall']);
  });
});
