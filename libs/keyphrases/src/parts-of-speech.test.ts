import { PartOfSpeech } from '@collage/proto/collage/v1/collage.js';
import { describe, expect, it } from 'vitest';
import { KeyphraseOptionsError } from './keyphrase-errors.js';
import { parsePartsOfSpeech } from './parts-of-speech.js';

describe('parsePartsOfSpeech', () => {
  it('takes the names people type', () => {
    expect(parsePartsOfSpeech(['noun', 'Adjectives', ' VERB '])).toEqual([
      PartOfSpeech.NOUN,
      PartOfSpeech.ADJECTIVE,
      PartOfSpeech.VERB,
    ]);
  });

  it.each([[[]], [['']], [['noun', 'adverb']], [['constructor']]])('refuses %j', (names) => {
    expect(() => parsePartsOfSpeech(names)).toThrow(KeyphraseOptionsError);
  });
});
