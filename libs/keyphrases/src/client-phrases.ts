import { cleanPrompt } from './clean-prompt.js';
import { KeyphraseOptionsError } from './keyphrase-errors.js';

/** A phrase as a client gives it. */
export interface ClientPhrase {
  text: string;
  /** How much it counts beside the others, above 0; absent or 0 (the proto's default): 1. */
  weight?: number;
}

/**
 * Client phrases cleaned, given their weight, and each once: weights of equal phrases add up.
 * @throws KeyphraseOptionsError naming the phrase whose text is empty or whose weight is not above 0
 */
export function checkClientPhrases(phrases: readonly ClientPhrase[]): Required<ClientPhrase>[] {
  const checked = new Map<string, Required<ClientPhrase>>();
  phrases.forEach((phrase, index) => {
    const field = `keyphrases[${index}]`;
    const text = cleanPrompt(phrase.text, `${field}.text`);
    const weight = phrase.weight || 1;
    if (!/[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(text)) {
      throw new KeyphraseOptionsError(`${field}.text`, 'a word', JSON.stringify(phrase.text));
    }
    if (Number.isNaN(phrase.weight) || !Number.isFinite(weight) || weight < 0) {
      throw new KeyphraseOptionsError(`${field}.weight`, 'a number above 0', String(phrase.weight));
    }
    const earlier = checked.get(text.toLowerCase());
    checked.set(text.toLowerCase(), { text: earlier?.text ?? text, weight: weight + (earlier?.weight ?? 0) });
  });
  return [...checked.values()];
}
