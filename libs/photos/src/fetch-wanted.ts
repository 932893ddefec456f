import { AuthorLimit } from './author-limit.js';
import { AuthorQueue } from './author-queue.js';
import { mapInOrder } from './map-in-order.js';
import { type FoundPhoto, type PhotoQuery, skipped, type SkippedPhoto } from './photo-source.js';

/** How a source fetches what it found. */
export interface CandidateFetching<T> {
  /** What a candidate is called in what is said of it. */
  nameOf(candidate: T): string;
  authorOf(candidate: T): string;
  fetch(candidate: T): Promise<FoundPhoto | SkippedPhoto>;
  /** Photos fetched at a time. */
  atOnce: number;
}

/**
 * Fetches candidates in their order until as many photos were found as are wanted, of each author at most so many
 * (AUTHOR_LIMIT). In each round as many are asked for as are still wanted, none to spare: the same search asks for the
 * same photos, and finds all of them kept. Those that come to nothing, copies (DUPLICATE) among them, make room for the next.
 * @returns the candidates whose turn never came
 */
export async function* fetchWanted<T>(
  candidates: readonly T[],
  { limit, photosPerAuthor }: Pick<PhotoQuery, 'limit' | 'photosPerAuthor'>,
  { nameOf, authorOf, fetch, atOnce }: CandidateFetching<T>,
  signal?: AbortSignal,
): AsyncGenerator<FoundPhoto | SkippedPhoto, readonly T[]> {
  const found = new Map<string, string>();
  const authors = new AuthorLimit(photosPerAuthor);
  const queue = new AuthorQueue(candidates, authorOf, authors);
  for (let round = queue.take(limit); round.length > 0; round = queue.take(limit - found.size)) {
    let looked = 0;
    for await (const finding of mapInOrder(round, atOnce, fetch, signal)) {
      const candidate = round[looked++]!;
      const twin = finding.kind === 'photo' ? found.get(finding.photo.digest) : undefined;
      if (finding.kind === 'photo' && twin === undefined) {
        found.set(finding.photo.digest, nameOf(candidate));
        yield finding;
        continue;
      }
      queue.giveBack(candidate);
      if (finding.kind === 'skipped') yield finding;
      else yield skipped('DUPLICATE', nameOf(candidate), `it is the same as ${twin}`);
    }
  }
  for (const candidate of queue.passedOver) {
    yield skipped('AUTHOR_LIMIT', nameOf(candidate), authors.reason(authorOf(candidate)));
  }
  return queue.rest;
}
