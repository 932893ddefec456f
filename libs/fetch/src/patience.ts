import type { Clock } from './clock.js';
import { FetchError, type FetchReason } from './fetch-error.js';

const FIRST_BACK_OFF_MILLISECONDS = 1_000;
const LONGEST_BACK_OFF_MILLISECONDS = 30_000;
const PASSING: readonly FetchReason[] = ['THROTTLED', 'TIMED_OUT', 'UNREACHABLE'];

/** How often and how long it is tried. */
export interface Patience {
  /** Tries in all, at least 1. */
  maxTries: number;
  /** All waits between the tries of one request together. */
  waitMilliseconds: number;
}

/**
 * Tries until it works: after a failure that may pass (throttled, timed out, unreachable, status 5xx) waits
 * as long as the host asked for, and a random time more: up to 1, 2, 4, … seconds ("full jitter").
 * @param attempt gets the wait that is left, in milliseconds
 * @param beforeWait hears what failed and how long is waited, in milliseconds
 * @throws the last failure when the tries or the patience are used up, and every other failure at once
 */
export async function tryPatiently<T>(
  attempt: (patienceLeft: number) => Promise<T>,
  { maxTries, waitMilliseconds }: Patience,
  clock: Clock,
  beforeWait: (error: FetchError, milliseconds: number) => void,
  signal?: AbortSignal,
): Promise<T> {
  let left = waitMilliseconds;
  for (let tried = 1; ; tried++) {
    try {
      return await attempt(left);
    } catch (error) {
      if (!(error instanceof FetchError) || !mayPass(error)) throw error;
      const backOff = Math.min(LONGEST_BACK_OFF_MILLISECONDS, FIRST_BACK_OFF_MILLISECONDS * 2 ** (tried - 1));
      const wait = (error.retryAfterSeconds ?? 0) * 1000 + clock.random() * backOff;
      beforeWait(error, wait);
      if (tried >= maxTries || wait > left) throw error;
      left -= wait;
      await clock.sleep(wait, signal);
    }
  }
}

function mayPass({ reason, status = 0 }: FetchError): boolean {
  return PASSING.includes(reason) || (reason === 'HTTP_STATUS' && status >= 500);
}

/** Seconds that a Retry-After header asks for, be it a number or a date; undefined where it says neither. */
export function retryAfterSeconds(header: string | undefined, now: number): number | undefined {
  const value = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(value)) return Number(value);
  // A date has letters; Date.parse would read "-5" and "1.5" as years.
  const date = /[a-z]/i.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000);
}
