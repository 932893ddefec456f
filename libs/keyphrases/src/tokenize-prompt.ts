/** A word or a mark of a cleaned prompt. */
export interface PromptToken {
  text: string;
  /** First UTF-16 unit in the cleaned prompt. */
  start: number;
  /** One past its last. */
  end: number;
  /** Letters or digits; anything else is a mark (punctuation, emoji, symbol). */
  isWord: boolean;
}

/**
 * Words and marks in order. Hyphenated words and possessives stay whole ("fire-breathing", "children's"), so that
 * neither the tagger nor a search sees half of one.
 */
export function tokenizePrompt(cleaned: string): PromptToken[] {
  const pattern =
    /(?<word>[\p{L}\p{N}][\p{L}\p{N}\p{M}]*(?:['-][\p{L}\p{N}][\p{L}\p{N}\p{M}]*)*)|[^\s\p{L}\p{N}]/gu;
  return [...cleaned.matchAll(pattern)].map((match) => ({
    text: match[0],
    start: match.index,
    end: match.index + match[0].length,
    isWord: match.groups?.['word'] !== undefined,
  }));
}

/** Whether the whole text is shouted: capitals only. */
export function isAllCapitals(text: string): boolean {
  return /\p{Lu}/u.test(text) && !/\p{Ll}/u.test(text);
}

/** Lower case, unit by unit, so that offsets stay what they are ("İ" would become two characters). */
export function lowerCaseInPlace(text: string): string {
  return text.replace(/\p{Lu}/gu, (letter) => {
    const lower = letter.toLowerCase();
    return lower.length === letter.length ? lower : letter;
  });
}
