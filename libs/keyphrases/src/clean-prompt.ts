import { MAX_PROMPT_CHARACTERS, PromptTooLongError } from './keyphrase-errors.js';

const ENTITIES: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

/**
 * The prompt as the extractor reads it: compatibility forms unified (NFKC), HTML tags and entities gone, quotes
 * straight, control and invisible characters gone, single spaces. Emoji and capitals stay. Offsets of
 * keyphrases count UTF-16 units of this text.
 * @param field name of the text in error messages
 * @throws PromptTooLongError above 1,000 characters, before or after cleaning
 */
export function cleanPrompt(prompt: string, field = 'prompt'): string {
  refuseTooLong(prompt, field);
  const cleaned = prompt
    .replace(/<\/?[a-z][^<>]*>|<!--[^<>]*-->/gi, ' ')
    .replace(/&(?:#\d+|#x[\da-f]+|[a-z]+);/gi, (entity) => ENTITIES[entity.slice(1, -1).toLowerCase()] ?? ' ')
    .normalize('NFKC')
    .replace(/[\u2018\u2019\u201a\u201b\u2032`\u00b4]/g, "'")
    .replace(/[\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb]/g, '"')
    .replace(/[\u2010\u2011]/g, '-')
    // Joiners hold emoji together; everything else that can't be seen goes.
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}]/gu, (character) => (character === '\u200d' ? character : ' '))
    .replace(/\s+/g, ' ')
    .trim();
  // NFKC can lengthen: one Arabic ligature becomes eighteen letters.
  refuseTooLong(cleaned, field);
  return cleaned;
}

function refuseTooLong(text: string, field: string): void {
  const length = [...text].length;
  if (length > MAX_PROMPT_CHARACTERS) {
    throw new PromptTooLongError(field, length);
  }
}
