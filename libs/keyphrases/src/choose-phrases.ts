import { isFiller } from './filler.js';
import { isGerund } from './mend-tags.js';
import { type Phrase, wordKind } from './phrase-runs.js';
import type { TaggedToken } from './wink-tagger.js';

/**
 * The phrases worth searching for. Filler goes, unless it is all there is; verbs and adjectives without a noun go
 * where another phrase has one ("reading", "detailed"), unless they are items of a list ("climbing, camping and
 * kayaking in Patagonia"); what is said twice stays once.
 */
export function choosePhrases(phrases: readonly Phrase[], tokens: readonly TaggedToken[]): Phrase[] {
  const named = phrases.filter((phrase) => !isFiller(phrase, tokens));
  const candidates = named.length > 0 ? named : phrases;
  const anyNoun = candidates.some(hasNoun);
  const chosen = anyNoun
    ? candidates.filter((phrase, index) => hasNoun(phrase) || isListed(index, candidates, tokens))
    : candidates;
  return withoutRepeats(chosen);
}

function hasNoun(phrase: Phrase): boolean {
  return phrase.tokens.some((token) => wordKind(token) === 'noun');
}

/** A lone word in -ing with another one as its neighbor, only "," or "and" between them. */
function isListed(index: number, phrases: readonly Phrase[], tokens: readonly TaggedToken[]): boolean {
  const phrase = phrases[index];
  const neighbors = [phrases[index - 1], phrases[index + 1]].filter((one) => one !== undefined);
  return (
    phrase !== undefined &&
    isLoneGerund(phrase) &&
    neighbors.some((neighbor) => isLoneGerund(neighbor) && onlyListMarksBetween(phrase, neighbor, tokens))
  );
}

function isLoneGerund({ tokens }: Phrase): boolean {
  const [only] = tokens;
  return tokens.length === 1 && only !== undefined && isGerund(only.text.toLowerCase());
}

function onlyListMarksBetween(a: Phrase, b: Phrase, tokens: readonly TaggedToken[]): boolean {
  const between = tokens.slice(Math.min(a.last, b.last) + 1, Math.max(a.first, b.first));
  return between.every((token) => /^(?:[,;/&]|and|or)$/i.test(token.text));
}

function withoutRepeats(phrases: readonly Phrase[]): Phrase[] {
  const seen = new Set<string>();
  return phrases.filter(({ tokens }) => {
    const text = tokens.map((token) => token.text.toLowerCase()).join(' ');
    const isNew = !seen.has(text);
    seen.add(text);
    return isNew;
  });
}
