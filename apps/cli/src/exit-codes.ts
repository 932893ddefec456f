import { ConfigError } from '@collage/config/config.js';
import { isConnectionLost } from '@collage/database/connection-lost.js';
import { DatabaseError, type DatabaseErrorReason, describeError } from '@collage/database/database-error.js';
import { InferenceError } from '@collage/inference/inference-error.js';
import { SidecarStartError } from '@collage/inference/sidecar-process.js';
import { SourcesFailedError } from '@collage/photos/sources-failed-error.js';
import { CollageError } from '@collage/pipeline/collage-error.js';

/** How a run ended, for shells and scripts; `--help` and the README list them. */
export const exitCodes = {
  done: 0,
  unexpected: 1,
  badInput: 2,
  nothingFound: 3,
  sidecar: 4,
  database: 5,
  cancelled: 130,
} as const;

/** What the person gave is wrong; other reasons are about the database itself. */
const GIVEN_WRONGLY: readonly DatabaseErrorReason[] = [
  'DATABASE_URL_INVALID',
  'DATABASE_NOT_EMPTY',
  'BACKUP_UNREADABLE',
];

/** The exit code and the one line that tells a person what happened and what to do. */
export function explain(error: unknown, aborted: boolean): { code: number; reason: string; message: string } {
  if (aborted) return { code: exitCodes.cancelled, reason: 'CANCELLED', message: 'Cancelled.' };
  if (error instanceof CollageError) {
    const code = error.reason === 'PROMPT_EMPTY' ? exitCodes.badInput : exitCodes.nothingFound;
    return { code, reason: error.reason, message: error.message };
  }
  if (error instanceof InferenceError)
    return {
      code: error.code === 'INVALID_ARGUMENT' ? exitCodes.badInput : exitCodes.sidecar,
      reason: error.reason,
      message: error.message,
    };
  if (error instanceof SidecarStartError) {
    return { code: exitCodes.sidecar, reason: 'SIDECAR_START', message: error.message };
  }
  if (error instanceof SourcesFailedError)
    return { code: exitCodes.nothingFound, reason: error.reason, message: error.message };
  if (error instanceof ConfigError)
    return { code: exitCodes.badInput, reason: 'CONFIG_INVALID', message: error.message };
  if (error instanceof DatabaseError) {
    const code = GIVEN_WRONGLY.includes(error.reason) ? exitCodes.badInput : exitCodes.database;
    return { code, reason: error.reason, message: error.message };
  }
  if (isConnectionLost(error)) {
    const message =
      `The database broke off: ${describeError(error)}. What was committed stays: see that it runs and has room, then run ` +
      'the same command again.';
    return { code: exitCodes.database, reason: 'DATABASE_LOST', message };
  }
  // The libraries' own errors about what they were given carry a reason or name a field; anything else is a surprise.
  const { reason, field, message } = (error ?? {}) as {
    reason?: unknown;
    field?: unknown;
    message?: unknown;
  };
  if (typeof message === 'string' && (typeof reason === 'string' || typeof field === 'string')) {
    return {
      code: exitCodes.badInput,
      reason: typeof reason === 'string' ? reason : 'OPTION_INVALID',
      message,
    };
  }
  return {
    code: exitCodes.unexpected,
    reason: 'UNEXPECTED',
    message: `Unexpected: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  };
}
