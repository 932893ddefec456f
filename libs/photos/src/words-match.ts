import type { Keyphrase } from '@collage/proto/collage/v1/collage.js';

/** What a source says about a photo, in its own words. */
export interface PhotoWords {
  title: string;
  description: string;
  categories: readonly string[];
}

/**
 * The order in which to look at photos when there are more than anybody wants: those whose own words answer
 * a keyphrase first, taking turns between the keyphrases so that each is represented; the rest as they come.
 */
export function orderByWords<T extends PhotoWords>(
  photos: readonly T[],
  keyphrases: readonly Keyphrase[],
): T[] {
  const queues = keyphrases.map((keyphrase) =>
    photos
      .map((photo) => ({ photo, score: wordsMatch(photo, keyphrase) }))
      .filter(({ score }) => score > 0)
      .toSorted((a, b) => b.score - a.score)
      .map(({ photo }) => photo),
  );
  const longest = Math.max(0, ...queues.map((queue) => queue.length));
  const ordered = new Set<T>();
  for (let turn = 0; turn < longest; turn++) {
    for (const queue of queues) {
      const photo = queue[turn];
      if (photo) {
        ordered.add(photo);
      }
    }
  }
  return [...new Set([...ordered, ...photos])];
}

/**
 * How well a photo's own words answer a keyphrase, 0 to 1: the share of a query's words that occur, for the
 * best of its queries; the later, less specific ones count a little less. It decides only what is looked
 * at, so plain words will do: lower case, accents and plural endings dropped.
 */
export function wordsMatch(photo: PhotoWords, { queries, text }: Keyphrase): number {
  const found = new Set([photo.title, photo.description, ...photo.categories].flatMap(plainWords));
  const scores = (queries.length > 0 ? queries : [text]).map((query, index) => {
    const words = plainWords(query);
    const share = words.filter((word) => found.has(word)).length / Math.max(1, words.length);
    return share / (1 + 0.05 * index);
  });
  return Math.max(...scores);
}

/** The words of a text, comparable: "Zwei Füchse!" gives "zwei", "fuchse"; "butterflies" gives "butterfly". */
export function plainWords(text: string): string[] {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return (plain.match(/[\p{L}\p{N}]+/gu) ?? []).map(singular);
}

function singular(word: string): string {
  if (word.length > 4 && word.endsWith('ies')) {
    return `${word.slice(0, -3)}y`;
  }
  if (word.length > 4 && /(?:s|x|z|ch|sh)es$/.test(word)) {
    return word.slice(0, -2);
  }
  return word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
}
