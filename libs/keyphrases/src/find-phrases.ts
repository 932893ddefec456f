import { Keyphrase_Source } from '@collage/proto/collage/v1/collage.js';
import { choosePhrases } from './choose-phrases.js';
import { cjkPhrases } from './cjk-phrases.js';
import { mendTags } from './mend-tags.js';
import { type Phrase, phraseRuns, type WordKind } from './phrase-runs.js';
import { type LatinLanguage, STOP_WORDS } from './stop-words.js';
import { stopWordPhrases } from './stop-word-phrases.js';
import type { PromptToken } from './tokenize-prompt.js';
import type { TaggedToken, Tagger } from './wink-tagger.js';

/** Phrases of a prompt, and the way they were found. */
export interface Finding {
  phrases: Phrase[];
  source: Keyphrase_Source;
  warnings: string[];
}

/**
 * The phrases of a cleaned prompt, by the best way there is for its language; the whole prompt where
 * no way finds any, and none where there is no content word at all.
 */
export function findPhrases(
  cleaned: string,
  tokens: readonly PromptToken[],
  language: string,
  wanted: ReadonlySet<WordKind>,
  loadTagger: () => Tagger,
): Finding {
  if (!/[\p{L}\p{N}\p{Extended_Pictographic}\p{Regional_Indicator}]/u.test(cleaned)) {
    return nothing('The prompt holds no word to look for.');
  }
  if (language === 'zh' || language === 'ja') {
    return phrasesOrPrompt(cjkPhrases(cleaned, language), Keyphrase_Source.STOPWORDS, cleaned);
  }
  if (isLatinLanguage(language)) {
    if (tokens.every((token) => !token.isWord || STOP_WORDS[language].has(token.text.toLowerCase()))) {
      return nothing(`The prompt holds only small words: "${cleaned}".`);
    }
    return language === 'en'
      ? findEnglishPhrases(cleaned, tokens, wanted, loadTagger)
      : phrasesOrPrompt(stopWordPhrases(tokens, language), Keyphrase_Source.STOPWORDS, cleaned);
  }
  const warnings = /\p{L}/u.test(cleaned)
    ? ['This language is not split into keyphrases: the whole prompt is used.']
    : [];
  return { ...phrasesOrPrompt([], Keyphrase_Source.PROMPT, cleaned), warnings };
}

function findEnglishPhrases(
  cleaned: string,
  tokens: readonly PromptToken[],
  wanted: ReadonlySet<WordKind>,
  loadTagger: () => Tagger,
): Finding {
  try {
    const tagged = mendTags(loadTagger()(cleaned, tokens), cleaned);
    const phrases = choosePhrases(phraseRuns(tagged, wanted), tagged);
    return phrasesOrPrompt(phrases, Keyphrase_Source.TAGGER, cleaned);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    const finding = phrasesOrPrompt(stopWordPhrases(tokens, 'en'), Keyphrase_Source.STOPWORDS, cleaned);
    return {
      ...finding,
      warnings: [`The part-of-speech tagger is not at hand (${reason}): keyphrases are rougher.`],
    };
  }
}

function isLatinLanguage(language: string): language is LatinLanguage {
  return Object.hasOwn(STOP_WORDS, language);
}

function nothing(warning: string): Finding {
  return { phrases: [], source: Keyphrase_Source.UNSPECIFIED, warnings: [warning] };
}

/** The phrases; when there are none, the whole prompt is one. */
function phrasesOrPrompt(phrases: Phrase[], source: Keyphrase_Source, cleaned: string): Finding {
  if (phrases.length > 0) {
    return { phrases, source, warnings: [] };
  }
  const whole: TaggedToken = { text: cleaned, start: 0, end: cleaned.length, isWord: true, tag: 'X' };
  return { phrases: [{ tokens: [whole], first: 0, last: 0 }], source: Keyphrase_Source.PROMPT, warnings: [] };
}
