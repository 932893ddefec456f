import { PartOfSpeech } from '@collage/proto/collage/v1/collage.js';
import { KeyphraseOptionsError } from './keyphrase-errors.js';
import type { WordKind } from './phrase-runs.js';

const NAMES = new Map<string, PartOfSpeech>([
  ['noun', PartOfSpeech.NOUN],
  ['adjective', PartOfSpeech.ADJECTIVE],
  ['verb', PartOfSpeech.VERB],
]);
const EXPECTED = 'one or more of noun, adjective, verb';

/** What the extractor uses when nothing is asked for. */
export const ALL_PARTS_OF_SPEECH: readonly PartOfSpeech[] = [...NAMES.values()];

/**
 * Parts of speech from names as a person types them ("noun", "Nouns").
 * @throws KeyphraseOptionsError for none at all or one that is unknown
 */
export function parsePartsOfSpeech(names: readonly string[]): PartOfSpeech[] {
  if (names.length === 0) {
    throw new KeyphraseOptionsError('pos', EXPECTED, 'none');
  }
  return names.map((name) => {
    const part = NAMES.get(name.trim().toLowerCase().replace(/s$/, ''));
    if (part === undefined) {
      throw new KeyphraseOptionsError('pos', EXPECTED, `"${name}"`);
    }
    return part;
  });
}

/** The kinds of words that were asked for. @throws KeyphraseOptionsError as `parsePartsOfSpeech` */
export function wantedKinds(pos: readonly PartOfSpeech[]): Set<WordKind> {
  if (pos.length === 0) {
    throw new KeyphraseOptionsError('pos', EXPECTED, 'none');
  }
  return new Set(
    pos.map((part) => {
      const name = [...NAMES.keys()].find((one) => NAMES.get(one) === part);
      if (name === undefined) {
        throw new KeyphraseOptionsError('pos', EXPECTED, PartOfSpeech[part] ?? String(part));
      }
      return name as WordKind;
    }),
  );
}

/** Part of speech of a kind of word. */
export function partOfSpeech(kind: WordKind): PartOfSpeech {
  return NAMES.get(kind) ?? PartOfSpeech.UNSPECIFIED;
}
