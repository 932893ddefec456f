import type { PartOfSpeech as UniversalTag } from 'wink-nlp';
import type { TaggedToken } from './wink-tagger.js';

/** Neighboring tokens that make one thing to look for: `tokens[first]` to `tokens[last]` of the prompt. */
export interface Phrase {
  tokens: TaggedToken[];
  /** Index of its first token in the prompt's tokens. */
  first: number;
  /** Index of its last. */
  last: number;
}

/** The kinds of words that make phrases. A word the tagger does not know (X) is most likely a name. */
export type WordKind = 'noun' | 'adjective' | 'verb';

const KINDS: Partial<Record<UniversalTag, WordKind>> = {
  NOUN: 'noun',
  PROPN: 'noun',
  X: 'noun',
  ADJ: 'adjective',
  VERB: 'verb',
};

/** What kind of content word a token is; nothing for all that separates phrases. */
export function wordKind(token: TaggedToken): WordKind | undefined {
  return KINDS[token.tag];
}

/**
 * Longest runs of the wanted kinds of words; everything else separates them.
 * A verb ends its phrase ("Beatles crossing | Abbey Road"), unless it stands before the first noun
 * ("flying saucers"). It is not attached to a noun behind a preposition ("in a yellow raincoat | mends"):
 * there it belongs to a noun further left.
 */
export function phraseRuns(tokens: readonly TaggedToken[], wanted: ReadonlySet<WordKind>): Phrase[] {
  const phrases: Phrase[] = [];
  let run: TaggedToken[] = [];
  let behindPreposition = false;
  const endRun = (end: number): void => {
    if (run.length > 0) {
      phrases.push({ tokens: run, first: end - run.length, last: end - 1 });
    }
    run = [];
  };
  tokens.forEach((token, index) => {
    const kind = wordKind(token);
    if (kind === 'verb' && run.some((earlier) => wordKind(earlier) === 'noun')) {
      if (wanted.has('verb') && !behindPreposition) {
        run.push(token);
        endRun(index + 1);
      } else {
        endRun(index);
      }
      behindPreposition = false;
      return;
    }
    if (kind !== undefined && wanted.has(kind)) {
      run.push(token);
      return;
    }
    endRun(index);
    behindPreposition = isBehindPreposition(token, behindPreposition);
  });
  endRun(tokens.length);
  return phrases;
}

function isBehindPreposition(separator: TaggedToken, before: boolean): boolean {
  if (separator.tag === 'ADP') {
    return true;
  }
  return before && ['DET', 'NUM', 'PRON', 'ADJ', 'ADV'].includes(separator.tag);
}
