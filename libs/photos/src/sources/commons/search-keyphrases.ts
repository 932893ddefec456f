import type { Keyphrase } from '@collage/proto/collage/v1/collage.js';
import type { SkippedPhoto, SourceProgress } from '../../photo-source.js';
import type { CommonsApi } from './commons-api.js';
import type { CommonsFile } from './commons-file.js';
import { type CandidateSearch, findCandidates } from './find-candidates.js';
import { galleryTitles } from './gallery-titles.js';
import { unanswered } from './search-failures.js';

/** What a search looks for, and where it puts it. */
export interface KeyphraseQueue {
  keyphrase: Keyphrase;
  /** Files wanted. */
  share: number;
  /** Those found so far, best first. */
  files: CommonsFile[];
}

/**
 * Searches for keyphrases, one after another, each until its share is found, and puts the files into their queues at
 * once: who ends the search early has what was found until then. Tells after every answer of the wiki how far it is, so
 * that a long search is no silence. A question that the wiki refuses is reported, and the next one asked.
 * @throws FetchError, CommonsError where the wiki answers nothing more; the signal's reason
 */
export async function* searchKeyphrases(
  queues: readonly KeyphraseQueue[],
  settings: Omit<CandidateSearch, 'galleries' | 'hasCirrus'>,
  signal?: AbortSignal,
): AsyncGenerator<SkippedPhoto | SourceProgress> {
  const { api } = settings;
  const hasCirrus = await knowsCirrus(api, signal);
  const names = queues.flatMap(({ keyphrase: { queries, text } }) => [...queries, text]);
  let galleries: ReadonlyMap<string, string> = new Map();
  try {
    galleries = await galleryTitles(api, names, signal);
  } catch (error) {
    yield unanswered(error, 'the look-up of gallery pages');
  }
  const seen = new Set<string>();
  for (const [done, { keyphrase, share, files }] of queues.entries()) {
    const progress = { done, total: queues.length, unit: 'keyphrases searched on Commons' };
    yield { kind: 'progress', ...progress };
    for await (const batch of findCandidates(
      keyphrase,
      share,
      { ...settings, galleries, hasCirrus },
      seen,
      signal,
    )) {
      for (const found of batch) {
        if ('kind' in found) yield found;
        else files.push(found);
      }
      yield { kind: 'progress', ...progress };
    }
  }
}

/** Whether the wiki searches with CirrusSearch, as Commons does. */
async function knowsCirrus(api: CommonsApi, signal?: AbortSignal): Promise<boolean> {
  const { query } = await api.query({ meta: 'siteinfo', siprop: 'extensions' }, signal);
  return (query?.extensions ?? []).some(({ name }) => name === 'CirrusSearch');
}
