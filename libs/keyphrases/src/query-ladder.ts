import { type WordKind, wordKind } from './phrase-runs.js';
import type { TaggedToken } from './wink-tagger.js';

/**
 * Search queries for one phrase, the most specific first, as photo search wants all words at once:
 * "penguins skiing" -> "penguins"; "fluffy little orange tabby cat" -> "orange tabby cat" -> "tabby cat" -> "cat".
 * First the verb goes, then the adjectives, then nouns one by one toward the head, which stands last in English
 * and German, first in the Romance languages. A name is never shortened: half of "Golden Gate Bridge" is another thing.
 * @param cleaned the prompt that the tokens' offsets refer to
 */
export function queryLadder(cleaned: string, tokens: readonly TaggedToken[], nounFirst = false): string[] {
  const rungs = [tokens];
  const step = (next: readonly TaggedToken[]): void => {
    if (next.length > 0 && next.length < (rungs.at(-1)?.length ?? 0)) {
      rungs.push(next);
    }
  };
  const isKind =
    (kind: WordKind) =>
    (token: TaggedToken): boolean =>
      wordKind(token) === kind;
  const nouns = tokens.some(isKind('noun'));
  if (nouns) {
    step(withoutOuter(tokens, isKind('verb')));
    step(withoutOuter(rungs.at(-1) ?? [], (token) => !isKind('noun')(token)));
  }
  let rest = rungs.at(-1) ?? [];
  while (rest.length > 1 && nouns && !rest.some((token) => token.tag === 'PROPN')) {
    rest = nounFirst ? rest.slice(0, -1) : rest.slice(1);
    step(rest);
  }
  return rungs.map((rung) => cleaned.slice(rung.at(0)?.start, rung.at(-1)?.end));
}

/** Without the tokens at both ends for which `drop` holds. */
function withoutOuter(
  tokens: readonly TaggedToken[],
  drop: (token: TaggedToken) => boolean,
): readonly TaggedToken[] {
  const first = tokens.findIndex((token) => !drop(token));
  const last = tokens.findLastIndex((token) => !drop(token));
  return first < 0 ? [] : tokens.slice(first, last + 1);
}
