import { type LatinLanguage, STOP_WORDS } from './stop-words.js';
import { isAllCapitals, type PromptToken } from './tokenize-prompt.js';

/** A wrong guess costs more than none, so another language must lead English by this many function words. */
const MARGIN = 2;

/** Small words inside names: "Vincent van Gogh" is not Dutch, "La Paz" not Spanish. */
const NAME_PARTICLES = new Set(
  'van von der den de da di do dos du del della des la las le los el y e al'.split(' '),
);

/** Letters that one of the languages has and the others lack; each counts as a function word. */
const OWN_LETTERS: Partial<Record<LatinLanguage, RegExp>> = {
  fr: /[çœêîû]/i,
  es: /[ñ¿¡]/i,
  de: /[ßäö]/i,
  pt: /[ãõ]/i,
};

/**
 * The language of a prompt as an ISO 639 code: by script where that tells ("zh", "ja", "ko"), by function words
 * among en, fr, es, de, it, pt, nl. English when in doubt; "und" for other scripts and for no letters at all.
 */
export function detectLanguage(cleaned: string, tokens: readonly PromptToken[]): string {
  return languageByScript(cleaned) ?? languageByFunctionWords(cleaned, tokens);
}

function languageByScript(text: string): string | undefined {
  const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
  const letters = count(/\p{L}/gu);
  const latin = count(/\p{Script=Latin}/gu);
  if (letters === 0) return 'und';
  // Three letters of Latin say about as much as one character of Chinese.
  if (latin / 3 >= letters - latin) return undefined;
  const kana = count(/[\p{Script=Hiragana}\p{Script=Katakana}]/gu);
  if (kana > 0) return 'ja';
  if (count(/\p{Script=Han}/gu) > 0) return 'zh';
  return count(/\p{Script=Hangul}/gu) > 0 ? 'ko' : 'und';
}

function languageByFunctionWords(cleaned: string, tokens: readonly PromptToken[]): string {
  const counted = wordsOutsideNames(cleaned, tokens);
  const english = countIn('en', counted);
  const [best] = (Object.keys(STOP_WORDS) as LatinLanguage[])
    .filter((language) => language !== 'en')
    .map((language) => {
      const ownLetters = OWN_LETTERS[language]?.test(cleaned) ? 1 : 0;
      return { language, lead: countIn(language, counted) + ownLetters - english };
    })
    .toSorted((a, b) => b.lead - a.lead);
  return best && best.lead >= MARGIN ? best.language : 'en';
}

function countIn(language: LatinLanguage, counted: readonly string[]): number {
  return counted.filter((word) => STOP_WORDS[language].has(word)).length;
}

function wordsOutsideNames(cleaned: string, tokens: readonly PromptToken[]): string[] {
  const words = tokens.filter((token) => token.isWord);
  const hasCase = !isAllCapitals(cleaned);
  return words
    .filter((_, index) => !(hasCase && isInsideName(index, words)))
    .flatMap(({ text }) => text.toLowerCase().split("'"));
}

function isInsideName(index: number, words: readonly PromptToken[]): boolean {
  const isParticle = (word?: PromptToken): boolean =>
    word !== undefined && NAME_PARTICLES.has(word.text.toLowerCase());
  if (!isParticle(words[index])) {
    return false;
  }
  if (isCapitalized(words[index])) {
    return isCapitalized(words[index + 1]);
  }
  let left = index - 1;
  let right = index + 1;
  while (isParticle(words[left])) left--;
  while (isParticle(words[right])) right++;
  return isCapitalized(words[left]) && isCapitalized(words[right]);
}

function isCapitalized(word?: PromptToken): boolean {
  return word !== undefined && /^\p{Lu}/u.test(word.text);
}
