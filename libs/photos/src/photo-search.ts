import { monotonicTimer } from './in-time.js';
import { DownloadsOnce } from './downloads-once.js';
import { listenToSource, type SourcePatience } from './listen-to-source.js';
import { mergeFound } from './merge-found.js';
import type { FoundPhoto, PhotoFinding, PhotoQuery, PhotoSource, SkippedPhoto } from './photo-source.js';
import { SourcesFailedError } from './sources-failed-error.js';

/** A host may ask to be left alone for two minutes (see `fetch-limits.ts`); who has said nothing by then is left. */
export const DEFAULT_PATIENCE: SourcePatience = {
  silentSeconds: 150,
  totalSeconds: 900,
  clock: monotonicTimer,
};

/**
 * Photos that a search gives at most for each one wanted: whoever asks sees them all before it chooses. Web sources give
 * as many as are wanted, for each is a download; hand-picked ones, which are at hand, up to this many times as many.
 */
export const CANDIDATES_PER_PHOTO = 3;

/**
 * Asks all sources at once and merges what they find: progress as it comes, then everything skipped, source
 * by source, then the photos (see {@link mergeFound}). The order of photos depends on the query and what the sources
 * found only, never on which of them was quicker. They may be more than the query's limit: up to
 * {@link CANDIDATES_PER_PHOTO} times as many.
 *
 * A source that fails or takes too long (see {@link listenToSource}) is reported as skipped, and what it found until
 * then counts.
 *
 * Throws a SourcesFailedError where all sources failed and nothing was found, and what sources throw that is no
 * failure of theirs (see {@link PhotoSource}); the others are then told to stop.
 */
export async function* searchPhotos(
  sources: readonly PhotoSource[],
  query: PhotoQuery,
  signal?: AbortSignal,
  patience: SourcePatience = DEFAULT_PATIENCE,
): AsyncGenerator<PhotoFinding> {
  const stop = new AbortController();
  const inner = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const results = sources.map(({ isHandPicked = false }) => ({
    photos: [] as FoundPhoto[],
    skipped: [] as SkippedPhoto[],
    isHandPicked,
  }));
  const most = CANDIDATES_PER_PHOTO * query.limit;
  const downloads = new DownloadsOnce();
  const streams = sources.map((source) => {
    const limit = source.isHandPicked ? most : query.limit;
    return listenToSource(source, { ...query, limit, downloads }, patience, inner);
  });
  const waiting = new Map(streams.map((stream, index) => [index, advance(stream, index)]));
  try {
    while (waiting.size > 0) {
      const { index, step } = await Promise.race(waiting.values());
      if (step.done) {
        waiting.delete(index);
        continue;
      }
      waiting.set(index, advance(streams[index]!, index));
      const finding = step.value;
      if (finding.kind === 'progress') {
        yield finding;
      } else if (finding.kind === 'skipped') {
        results[index]!.skipped.push(finding);
      } else {
        results[index]!.photos.push(finding);
      }
    }
  } finally {
    stop.abort();
    // Whoever is in the middle of something, such as a download, ends before we do.
    await Promise.allSettled(streams.map((stream) => stream.return(undefined)));
  }
  for (const { skipped: findings } of results) {
    yield* findings;
  }
  const failures = results.flatMap(({ skipped }) => skipped.find(({ isSource }) => isSource) ?? []);
  const isNothingFound = results.every(({ photos }) => photos.length === 0);
  if (isNothingFound && failures.length > 0 && failures.length === sources.length) {
    throw new SourcesFailedError(failures);
  }
  yield* mergeFound(results, query, most);
}

function advance(
  stream: AsyncIterator<PhotoFinding>,
  index: number,
): Promise<{ index: number; step: IteratorResult<PhotoFinding, unknown> }> {
  const result = stream.next().then((step) => ({ index, step }));
  // Nobody awaits the others once one has thrown; their errors must not end the process.
  result.catch(() => undefined);
  return result;
}
