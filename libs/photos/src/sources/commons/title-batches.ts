import { MAX_TITLES } from './commons-api.js';

/**
 * Characters of titles, as they are sent, that share a request: Wikimedia refuses addresses of about 8,000 (414), and
 * a title outside Latin takes up to nine for each of its characters.
 */
const MAX_LENGTH = 6_000;

/** Titles in batches that one request may name, in their order: at most 50, and no longer than an address may be. */
export function titleBatches(titles: readonly string[]): string[][] {
  const batches: string[][] = [];
  let length = Infinity;
  for (const title of titles) {
    const more = new URLSearchParams({ '': `|${title}` }).toString().length;
    const last = batches.at(-1);
    if (last && last.length < MAX_TITLES && length + more <= MAX_LENGTH) {
      last.push(title);
      length += more;
    } else {
      batches.push([title]);
      length = more;
    }
  }
  return batches;
}
