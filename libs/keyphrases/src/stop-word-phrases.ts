import { choosePhrases } from './choose-phrases.js';
import { type Phrase, phraseRuns } from './phrase-runs.js';
import { type LatinLanguage, STOP_WORDS } from './stop-words.js';
import type { PromptToken } from './tokenize-prompt.js';
import type { TaggedToken } from './wink-tagger.js';

/** French and Italian articles that lean on the next word: "l'arbre", "dell'acqua". */
const ELISION = /^(?:l|d|j|qu|n|s|c|m|t|un|all|dall|dell|nell|sull)'(?=\p{L})/iu;

/**
 * Runs of words between the stop words of a language (as RAKE, Rose et al. 2010): the way without a tagger.
 * It can't tell verbs from nouns.
 */
export function stopWordPhrases(tokens: readonly PromptToken[], language: LatinLanguage): Phrase[] {
  const tagged = tokens.map((token) => tagByStopWords(token, language));
  return choosePhrases(phraseRuns(tagged, new Set(['noun'])), tagged);
}

function tagByStopWords(token: PromptToken, language: LatinLanguage): TaggedToken {
  const elided = language === 'fr' || language === 'it' ? (ELISION.exec(token.text)?.[0].length ?? 0) : 0;
  const text = token.text.slice(elided);
  const bare = { ...token, text, start: token.start + elided };
  if (!token.isWord) {
    return { ...bare, tag: 'PUNCT' };
  }
  const unsayable = /^\p{N}/u.test(text) || /^\p{Script=Latin}$/u.test(text);
  return { ...bare, tag: unsayable || STOP_WORDS[language].has(text.toLowerCase()) ? 'ADP' : 'X' };
}
