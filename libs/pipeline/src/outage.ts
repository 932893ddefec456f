import { isConnectionLost, isNetworkCode } from '@collage/database/connection-lost.js';
import { DatabaseError } from '@collage/database/database-error.js';
import { FetchError } from '@collage/fetch/fetch-error.js';
import { InferenceError, type InferenceErrorCode } from '@collage/inference/inference-error.js';

/** Something that a collage needs is away for a while: nothing is wrong with the collage. */
export interface Outage {
  /** UPPER_SNAKE. */
  reason: string;
  /** A sentence for people. */
  message: string;
  /** Whether what was asked may be what brings it about: then asking again and again would only make it worse. */
  isSuspect?: boolean;
}

const INFERENCE_CODES: readonly InferenceErrorCode[] = ['UNAVAILABLE', 'DEADLINE_EXCEEDED'];
/** A call that ended one sidecar after the other, a climb that ended one in its middle, a call that is always late. */
const SUSPECT_REASONS: readonly string[] = ['SIDECARS_LOST', 'CLIMB_INTERRUPTED', 'DEADLINE_EXCEEDED'];
const DATABASE_REASONS: readonly string[] = ['DATABASE_UNREACHABLE', 'DATABASE_START_FAILED'];
/** A transaction lost a race against another one: the next may win. */
const LOST_RACE = /^40[0-9A-Z]{3}$/;
const DISK_CODES = ['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE'];

/**
 * What is away, where that is why something failed; undefined where waiting would not help, or is not worth it: of a host
 * of the web that is away, others have photos too.
 */
export function outageOf(error: unknown): Outage | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof FetchError) return undefined;
  const { message } = error;
  if (error instanceof InferenceError) return inferenceOutageOf(error);
  if (error instanceof DatabaseError && DATABASE_REASONS.includes(error.reason)) {
    return { reason: error.reason, message };
  }
  const { code, isOutage, reason } = error as { code?: unknown; isOutage?: unknown; reason?: unknown };
  // As the blob store's errors say of themselves.
  if (isOutage === true) return { reason: typeof reason === 'string' ? reason : 'UNAVAILABLE', message };
  if (typeof code === 'string') {
    if (DISK_CODES.includes(code)) {
      return { reason: 'DISK_FULL', message: `Nothing more can be written: ${message}. Free some room.` };
    }
    if (isNetworkCode(code)) {
      return { reason: 'UNREACHABLE', message: `A connection was lost or refused: ${message || code}` };
    }
  }
  if (isConnectionLost(error) || (typeof code === 'string' && LOST_RACE.test(code))) {
    return { reason: 'DATABASE_UNREACHABLE', message: `The database cannot be used now: ${message}` };
  }
  return outageOf(error.cause);
}

function inferenceOutageOf(error: InferenceError): Outage | undefined {
  const { reason, message, code } = error;
  // Too much at once will do later; a message that is too large never does.
  const isBusy = reason === 'ENCODE_QUEUE_FULL' || error.retryDelayMilliseconds !== undefined;
  if (!INFERENCE_CODES.includes(code) && !isBusy) return undefined;
  return { reason, message, isSuspect: SUSPECT_REASONS.includes(reason) };
}
