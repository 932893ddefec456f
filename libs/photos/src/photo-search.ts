import { licenseVerdict } from '@collage/licensing/compatibility.js';
import type { FoundPhoto, PhotoFinding, PhotoQuery, PhotoSource, SkippedPhoto } from './photo-source.js';
import { skipped } from './photo-source.js';

/**
 * Asks all sources at once and merges what they find: progress as it comes, then everything skipped, source
 * by source, then the photos, the sources taking turns so that the best of each come first. Each photo
 * comes once: exact copies (equal digests) are skipped as DUPLICATE, photos beyond the limit as OVER_LIMIT.
 * Every license is checked here again, so that no source can forget to. The order of photos depends on the
 * query and the sources only, never on which of them was quicker.
 *
 * Throws what a source throws (see {@link PhotoSource}); the others are then told to stop.
 */
export async function* searchPhotos(
  sources: readonly PhotoSource[],
  query: PhotoQuery,
  signal?: AbortSignal,
): AsyncGenerator<PhotoFinding> {
  const stop = new AbortController();
  const inner = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const results = sources.map(() => ({ photos: [] as FoundPhoto[], skipped: [] as SkippedPhoto[] }));
  const streams = sources.map((source) => source.find(query, inner)[Symbol.asyncIterator]());
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
    await Promise.allSettled(streams.map((stream) => stream.return?.()));
  }
  for (const { skipped: findings } of results) {
    yield* findings;
  }
  yield* merge(
    results.map(({ photos }) => photos),
    query,
  );
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

function* merge(found: readonly FoundPhoto[][], query: PhotoQuery): Generator<PhotoFinding> {
  const seen = new Map<string, string>();
  let count = 0;
  const longest = Math.max(0, ...found.map((photos) => photos.length));
  for (let turn = 0; turn < longest; turn++) {
    for (const finding of found.flatMap((photos) => photos[turn] ?? [])) {
      const { digest, sourceId, credit } = finding.photo;
      const verdict = licenseVerdict(credit?.license, query.licenses);
      const twin = seen.get(digest);
      if (!verdict.usable) {
        yield skipped(verdict.reason, sourceId, verdict.detail);
      } else if (twin !== undefined) {
        yield skipped('DUPLICATE', sourceId, `it is the same as ${twin}`);
      } else if (count === query.limit) {
        yield skipped('OVER_LIMIT', sourceId, `${query.limit} photos are enough`);
      } else {
        seen.set(digest, sourceId);
        count++;
        yield finding;
      }
    }
  }
}
