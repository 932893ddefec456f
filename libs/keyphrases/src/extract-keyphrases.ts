import { type Keyphrase, Keyphrase_Source, PartOfSpeech } from '@collage/proto/collage/v1/collage.js';
import { cleanPrompt } from './clean-prompt.js';
import { checkClientPhrases, type ClientPhrase } from './client-phrases.js';
import { detectLanguage } from './detect-language.js';
import { findPhrases } from './find-phrases.js';
import { KeyphraseOptionsError } from './keyphrase-errors.js';
import { normalizeWeights } from './normalize-weights.js';
import { ALL_PARTS_OF_SPEECH, partOfSpeech, wantedKinds } from './parts-of-speech.js';
import { type Phrase, wordKind } from './phrase-runs.js';
import { queryLadder } from './query-ladder.js';
import { NOUN_FIRST_LANGUAGES } from './stop-words.js';
import { tokenizePrompt } from './tokenize-prompt.js';
import { loadWinkTagger, type TaggedToken, type Tagger } from './wink-tagger.js';

export interface KeyphraseOptions {
  /** Kinds of words that make keyphrases; all three when absent. Proper names are nouns. */
  pos?: readonly PartOfSpeech[];
  /** At most this many, the first ones of the prompt; 8 when absent. */
  maxPhrases?: number;
  /** Used as given instead of extraction; absent or empty: extract. */
  phrases?: readonly ClientPhrase[];
}

export interface ExtractedKeyphrases {
  /** In the order of the prompt; weights above 0 that sum to exactly 1. Empty when there is nothing to look for. */
  keyphrases: Keyphrase[];
  /** Sentences for people. */
  warnings: string[];
  /** ISO 639 code of the prompt's language: English when in doubt, "und" when it can't be told. */
  language: string;
}

/**
 * What to look for, for a text prompt: "penguins skiing down a snowy mountain" gives "penguins skiing" and
 * "snowy mountain", 0.5 each. English by part-of-speech tags; French, Spanish, German, Italian, Portuguese and Dutch
 * by stop words; Chinese and Japanese by dictionary segmentation; any other script as the whole prompt.
 * Offsets count UTF-16 units of `cleanPrompt(prompt)`. Same input, same output.
 * Never throws for odd text: an empty prompt gives no keyphrases and a warning.
 * @param loadTagger gives the English tagger; when it throws, stop words do its work, with a warning
 * @throws PromptTooLongError above 1,000 characters; KeyphraseOptionsError for options that make no sense
 */
export function extractKeyphrases(
  prompt: string,
  options: KeyphraseOptions = {},
  loadTagger: () => Tagger = loadWinkTagger,
): ExtractedKeyphrases {
  const wanted = wantedKinds(options.pos ?? ALL_PARTS_OF_SPEECH);
  const maxPhrases = options.maxPhrases ?? 8;
  if (!Number.isInteger(maxPhrases) || maxPhrases < 1) {
    throw new KeyphraseOptionsError('maxPhrases', 'a whole number above 0', String(maxPhrases));
  }
  const cleaned = cleanPrompt(prompt);
  const tokens = tokenizePrompt(cleaned);
  const language = detectLanguage(cleaned, tokens);
  if (options.phrases && options.phrases.length > 0) {
    return {
      keyphrases: clientKeyphrases(options.phrases, cleaned, language, loadTagger),
      warnings: [],
      language,
    };
  }
  const { phrases, source, warnings } = findPhrases(cleaned, tokens, language, wanted, loadTagger);
  const kept = phrases.slice(0, maxPhrases);
  if (kept.length < phrases.length) {
    const left = phrases.slice(maxPhrases).map((phrase) => `"${textOf(phrase, cleaned)}"`);
    warnings.push(`Only the first ${maxPhrases} keyphrases are used; left out: ${left.join(', ')}.`);
  }
  const weights = kept.length > 0 ? normalizeWeights(kept.map(() => 1)) : [];
  const nounFirst = NOUN_FIRST_LANGUAGES.has(language);
  const keyphrases = kept.map((phrase, index) => ({
    ...describe(phrase.tokens, cleaned, nounFirst),
    weight: weights[index] ?? 0,
    source,
  }));
  return { keyphrases, warnings, language };
}

function textOf({ tokens }: Phrase, cleaned: string): string {
  return cleaned.slice(tokens.at(0)?.start, tokens.at(-1)?.end);
}

function describe(tokens: readonly TaggedToken[], cleaned: string, nounFirst: boolean) {
  const start = tokens.at(0)?.start ?? 0;
  const end = tokens.at(-1)?.end ?? 0;
  return {
    text: cleaned.slice(start, end),
    start,
    end,
    tokens: tokens.map((token) => ({ text: token.text, partOfSpeech: tokenPartOfSpeech(token) })),
    queries: queryLadder(cleaned, tokens, nounFirst),
  };
}

function tokenPartOfSpeech(token: TaggedToken): PartOfSpeech {
  const kind = token.tag === 'X' ? undefined : wordKind(token);
  return kind === undefined ? PartOfSpeech.UNSPECIFIED : partOfSpeech(kind);
}

/** Each client phrase as a keyphrase; offsets are those of its first mention in the prompt, else 0 and 0. */
function clientKeyphrases(
  phrases: readonly ClientPhrase[],
  cleaned: string,
  language: string,
  loadTagger: () => Tagger,
): Keyphrase[] {
  const checked = checkClientPhrases(phrases);
  const weights = normalizeWeights(checked.map(({ weight }) => weight));
  return checked.map(({ text }, index) => {
    const tokens = tokenizePrompt(text);
    const spoken = language === 'und' ? detectLanguage(text, tokens) : language;
    const finding = findPhrases(text, tokens, spoken, wantedKinds(ALL_PARTS_OF_SPEECH), loadTagger);
    const [only] = finding.phrases;
    const covering =
      finding.phrases.length === 1 && only && textOf(only, text) === text ? only.tokens : undefined;
    const whole: TaggedToken = { text, start: 0, end: text.length, isWord: true, tag: 'X' };
    const start = cleaned.toLowerCase().indexOf(text.toLowerCase());
    const mention = start < 0 ? { start: 0, end: 0 } : { start, end: start + text.length };
    return {
      ...describe(covering ?? [whole], text, NOUN_FIRST_LANGUAGES.has(spoken)),
      ...mention,
      weight: weights[index] ?? 0,
      source: Keyphrase_Source.CLIENT,
    };
  });
}
