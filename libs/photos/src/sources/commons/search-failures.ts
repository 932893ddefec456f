import { FetchError } from '@collage/fetch/fetch-error.js';
import { TookTooLongError } from '../../in-time.js';
import { type SkippedPhoto, sourceFailed } from '../../photo-source.js';
import { CommonsError } from './commons-error.js';

/** The source's name, in its photos and in what is said of it. */
export const NAME = 'commons';

/** "Bad request", "URI too long" and "header fields too large": another question may be answered. */
const STATUS_OF_ONE_QUESTION: readonly number[] = [400, 414, 431];

/**
 * Whether a failure tells of one question only, so that the others are still to be asked: the wiki refused it, it or its
 * answer is too large, or its answer is not on disk where nothing else may be asked. A wiki that can't be reached, is
 * busy or lets nobody in is left alone instead.
 */
export function isOfOneQuestion(error: unknown): error is CommonsError | FetchError {
  if (error instanceof CommonsError) return true;
  if (!(error instanceof FetchError)) return false;
  const { reason, status = 0 } = error;
  return reason === 'TOO_LARGE' || reason === 'OFFLINE' || STATUS_OF_ONE_QUESTION.includes(status);
}

/**
 * What is said of a question without an answer; the search goes on with the next.
 * @throws what is more than that
 */
export function unanswered(error: unknown, question: string): SkippedPhoto {
  if (!isOfOneQuestion(error)) throw error;
  return sourceFailed(error.reason, NAME, `${question} found nothing: ${error.message}`);
}

/**
 * What is said of a search that ended early; what it found until then counts.
 * @throws the signal's reason; errors that are neither the wiki's nor the fetcher's
 */
export function endedEarly(error: unknown, signal?: AbortSignal): SkippedPhoto {
  signal?.throwIfAborted();
  if (error instanceof TookTooLongError) {
    const detail = `the search was ended after ${error.seconds} s; what it found until then is fetched`;
    return sourceFailed('SEARCH_TIMED_OUT', NAME, detail);
  }
  if (error instanceof FetchError || error instanceof CommonsError) {
    return sourceFailed(error.reason, NAME, error.message);
  }
  throw error;
}
