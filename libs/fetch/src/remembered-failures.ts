import type { FetchError, FetchReason } from './fetch-error.js';

/**
 * How long it is remembered that an address has nothing for us: as long as a text is fresh (LONG), for a shorter while
 * (SHORT), or not at all.
 */
export type Remembered = 'LONG' | 'SHORT' | undefined;

/** The failures that will be the same an hour later. */
const LASTING: readonly FetchReason[] = ['NOT_FOUND', 'NOT_A_PHOTO', 'TOO_LARGE', 'TOO_MANY_REDIRECTS'];
/** Gone for good; withheld by law. */
const LASTING_STATUS: readonly number[] = [410, 451];

/** Of a text only what lasts is remembered: other refusals may be a mood of the host, and a search hangs on them. */
export function rememberedOfText({ reason, status = 0 }: FetchError): Remembered {
  return LASTING.includes(reason) || LASTING_STATUS.includes(status) ? 'LONG' : undefined;
}

/**
 * Of a photo, which is one of many, also what may pass is remembered for a while, so that one collage after another does
 * not try it four times again: a status, and a host that is silent or breaks off. The latter only where something came
 * from elsewhere meanwhile: where nothing did it is our own network that is away, and every photo would be lost for it.
 * Not remembered is that a host is busy, which says itself until when, and what a setting forbids (FETCH_ALLOW, OFFLINE).
 */
export function rememberedOfPhoto(error: FetchError): Remembered {
  const { reason, isOnline } = error;
  if (rememberedOfText(error) === 'LONG') return 'LONG';
  if (reason === 'HTTP_STATUS') return 'SHORT';
  return isOnline && (reason === 'UNREACHABLE' || reason === 'TIMED_OUT') ? 'SHORT' : undefined;
}
