import { FetchError } from '@collage/fetch/fetch-error.js';
import { inTime, TookTooLongError } from './in-time.js';
import { type LargerLimit, skipped, type SkippedPhoto } from './photo-source.js';

/**
 * What fetching a larger version gives; a skipped finding where it takes longer than the limit (LARGER_TIMED_OUT) or
 * the fetcher can't have it (LARGER_UNAVAILABLE).
 * @param name the photo's `sourceId`
 * @param limit absent: none but the fetcher's own
 * @throws the signal's reason; errors that are not the fetcher's
 */
export async function fetchLarger<T extends object>(
  name: string,
  fetching: (signal?: AbortSignal) => Promise<T>,
  limit?: LargerLimit,
  signal?: AbortSignal,
): Promise<T | SkippedPhoto> {
  try {
    return await (limit ? inTime(limit.photoSeconds, fetching, limit.clock, signal) : fetching(signal));
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof TookTooLongError) return skipped('LARGER_TIMED_OUT', name, error.message);
    if (!(error instanceof FetchError)) throw error;
    return skipped('LARGER_UNAVAILABLE', name, `${error.reason}: ${error.message}`);
  }
}
