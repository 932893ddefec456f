/** CirrusSearch refuses queries of more than 300 characters. */
const MAX_LENGTH = 250;

/**
 * A keyphrase's query as search terms: the words alone, so that nothing in a prompt acts as an operator (quotes, minus,
 * wildcards, `intitle:`, OR). All words are wanted: both search engines take a space for AND.
 * @param hasCirrus the wiki has CirrusSearch, which knows `filetype:bitmap`; plain MediaWiki would look for that word
 * @returns empty where the query holds no word
 */
export function searchTerms(query: string, hasCirrus: boolean): string {
  const words = query
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{M}\p{N}'’.-]+/gu, ' ')
    .split(' ')
    .map((word) => word.replaceAll(/^['’.-]+|['’.-]+$/g, ''))
    .map((word) => (/^(?:AND|OR|NOT)$/.test(word) ? word.toLowerCase() : word))
    .filter((word) => word !== '');
  let terms = '';
  for (const word of words) {
    if (terms.length + word.length >= MAX_LENGTH) break;
    terms = terms === '' ? word : `${terms} ${word}`;
  }
  return terms !== '' && hasCirrus ? `${terms} filetype:bitmap` : terms;
}
