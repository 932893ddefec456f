import { BlobStoreError } from '@collage/blobs/blob-store-error.js';
import { within, type Timer } from './in-time.js';
import { PhotoRequestError } from './photo-request-error.js';
import {
  sourceFailed,
  type PhotoFinding,
  type PhotoQuery,
  type PhotoSource,
  type SkippedPhoto,
} from './photo-source.js';

/** How long a source is waited for. */
export interface SourcePatience {
  /** Seconds without any finding, progress included. */
  silentSeconds: number;
  /** Seconds for all findings. */
  totalSeconds: number;
  clock: Timer;
}

/**
 * The findings of one source, as long as there is patience with it; it may end early but does not fail: a source that
 * is too slow (SOURCE_TIMED_OUT) or throws an error with a reason ends with a skipped finding that says so. One that
 * is too slow is told to stop, and not waited for; hand-picked ones have all the time they need.
 *
 * Throws what is no failure of the source: a PhotoRequestError, the signal's reason, outages of the blob store, errors
 * without a reason.
 */
export async function* listenToSource(
  source: PhotoSource,
  query: PhotoQuery,
  { silentSeconds, totalSeconds, clock }: SourcePatience,
  signal: AbortSignal,
): AsyncGenerator<PhotoFinding> {
  const stop = new AbortController();
  const stream = source.find(query, AbortSignal.any([signal, stop.signal]))[Symbol.asyncIterator]();
  const end = clock.now() + totalSeconds * 1000;
  let isLate = false;
  try {
    for (;;) {
      const left = Math.max(0, end - clock.now());
      const limit = source.isHandPicked ? Infinity : Math.min(left, silentSeconds * 1000);
      const step = await within(limit, stream.next(), clock);
      if (step === undefined) {
        isLate = true;
        const seconds =
          left < silentSeconds * 1000 ? `${totalSeconds} s in all` : `${silentSeconds} s of silence`;
        const detail = `it was left after ${seconds}; what it found until then counts`;
        yield sourceFailed('SOURCE_TIMED_OUT', source.name, detail);
        return;
      }
      if (step.done) return;
      yield step.value;
    }
  } catch (error) {
    yield failureOf(error, source, signal);
  } finally {
    stop.abort();
    const ended = stream.return?.().catch(() => undefined);
    // Whoever is in the middle of something, such as a download, ends before we do.
    if (!isLate) await ended;
  }
}

function failureOf(error: unknown, { name }: PhotoSource, signal: AbortSignal): SkippedPhoto {
  signal.throwIfAborted();
  const { reason, message } = (error ?? {}) as { reason?: unknown; message?: unknown };
  if (error instanceof BlobStoreError && error.isOutage) throw error;
  if (error instanceof PhotoRequestError || typeof reason !== 'string') throw error;
  return sourceFailed(reason, name, String(message));
}
