import { DatabaseError } from '@collage/database/database-error.js';
import { FetchError } from '@collage/fetch/fetch-error.js';
import { InferenceError, type InferenceErrorCode } from '@collage/inference/inference-error.js';

/** Something that a collage needs is away for a while: nothing is wrong with the collage. */
export interface Outage {
  /** UPPER_SNAKE. */
  reason: string;
  /** A sentence for people. */
  message: string;
}

const INFERENCE_CODES: readonly InferenceErrorCode[] = [
  'UNAVAILABLE',
  'DEADLINE_EXCEEDED',
  'RESOURCE_EXHAUSTED',
];
const DATABASE_REASONS: readonly string[] = ['DATABASE_UNREACHABLE', 'DATABASE_START_FAILED'];
/** Connection lost (08), no more resources (53: disk full, too many connections), going down (57P), lost a race (40). */
const SQL_STATES = /^(08|53|57P|40)[0-9A-Z]+$/;
const NETWORK_CODES =
  'ECONNREFUSED ECONNRESET ECONNABORTED EPIPE ETIMEDOUT EHOSTUNREACH ENETUNREACH ENOTFOUND EAI_AGAIN'.split(
    ' ',
  );
const DISK_CODES = ['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE'];
/** node-postgres has no codes for these. */
const LOST_CONNECTION =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/**
 * What is away, where that is why something failed; undefined where waiting would not help, or is not worth it: of a host
 * of the web that is away, others have photos too.
 */
export function outageOf(error: unknown): Outage | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof FetchError) return undefined;
  const { message } = error;
  if (error instanceof InferenceError) {
    return INFERENCE_CODES.includes(error.code) ? { reason: error.reason, message } : undefined;
  }
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
    if (SQL_STATES.test(code)) {
      return { reason: 'DATABASE_UNREACHABLE', message: `The database cannot be used now: ${message}` };
    }
    if (NETWORK_CODES.includes(code)) {
      return { reason: 'UNREACHABLE', message: `A connection was lost or refused: ${message || code}` };
    }
  }
  if (LOST_CONNECTION.test(message)) {
    return { reason: 'DATABASE_UNREACHABLE', message: `The database cannot be used now: ${message}` };
  }
  return outageOf(error.cause);
}
