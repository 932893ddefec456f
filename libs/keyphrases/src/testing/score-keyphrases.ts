/** A prompt with the things a person wants found in it. */
export interface WantedKeyphrases {
  id: string;
  prompt: string;
  /** Each thing once, with its equally good forms. */
  wants: { want: string; also: string[] }[];
  /** Neither wanted nor wrong. */
  optional: string[];
}

/** Counts over any number of prompts. */
export interface KeyphraseScore {
  right: number;
  wrong: number;
  covered: number;
  wanted: number;
  precision: number;
  recall: number;
  f1: number;
  /** What went wrong, for people: "id: wrong x; missing y". */
  mistakes: string[];
}

/**
 * Scores extracted phrases by the rule of the gold set: a phrase that equals, after normalization, a form of a
 * thing not yet covered is right, an optional one does not count, any other is wrong. Precision and recall are
 * over all prompts together.
 */
export function scoreKeyphrases(
  gold: readonly WantedKeyphrases[],
  extract: (prompt: string) => string[],
): KeyphraseScore {
  const counts = { right: 0, wrong: 0, covered: 0, wanted: 0 };
  const mistakes: string[] = [];
  for (const { id, prompt, wants, optional } of gold) {
    const missing = wants.map(({ want, also }) => ({ want, forms: [want, ...also].map(normalizePhrase) }));
    const ignored = optional.map(normalizePhrase);
    const wrong: string[] = [];
    for (const phrase of extract(prompt)) {
      const form = normalizePhrase(phrase);
      const found = missing.findIndex(({ forms }) => forms.includes(form));
      if (found >= 0) {
        missing.splice(found, 1);
        counts.right++;
      } else if (!ignored.includes(form)) {
        wrong.push(phrase);
      }
    }
    counts.wrong += wrong.length;
    counts.wanted += wants.length;
    counts.covered += wants.length - missing.length;
    if (wrong.length + missing.length > 0) {
      mistakes.push(
        `${id}: wrong [${wrong.join(', ')}]; missing [${missing.map(({ want }) => want).join(', ')}]`,
      );
    }
  }
  const precision = counts.right / Math.max(counts.right + counts.wrong, 1);
  const recall = counts.covered / Math.max(counts.wanted, 1);
  return { ...counts, precision, recall, f1: (2 * precision * recall) / (precision + recall || 1), mistakes };
}

/** NFKC, lower case, straight apostrophes, hyphens closed up, no leading article or possessive, no punctuation. */
export function normalizePhrase(phrase: string): string {
  return phrase
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/-/g, '')
    .replace(/^\s*(?:a|an|the|my|your|his|her|its|our|their)\s+/, '')
    .replace(/[\p{P}\p{S}]/gu, (mark) => (/\p{Extended_Pictographic}/u.test(mark) ? mark : ''))
    .replace(/\s+/g, ' ')
    .trim();
}
