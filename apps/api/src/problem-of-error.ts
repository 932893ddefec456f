import { HttpException } from '@nestjs/common';
import { BlobMissingError } from '@collage/blobs/blob-store.js';
import { BlobStoreError } from '@collage/blobs/blob-store-error.js';
import { CollagesError, type CollagesErrorReason } from '@collage/collages/collages-error.js';
import { isConnectionLost } from '@collage/database/connection-lost.js';
import { codeOf, DatabaseError } from '@collage/database/database-error.js';
import { InferenceError } from '@collage/inference/inference-error.js';
import { LicenseNameError } from '@collage/licensing/wanted-licenses.js';
import { PhotoUnreadableError } from '@collage/photos/photo-unreadable-error.js';
import { CollageError } from '@collage/pipeline/collage-error.js';
import { OptionInvalidError } from '@collage/pipeline/resolve-options.js';
import { SceneInvalidError } from '@collage/scene/scene-invalid-error.js';
import { ProblemError, type ProblemParts } from './problem.js';
import { RequestInvalid } from './request-invalid.js';
import { STATUS_CODES } from './status-codes.js';

const OUTAGE_RETRY_SECONDS = 5;

const collagesStatuses: Record<CollagesErrorReason, number> = {
  COLLAGE_UNKNOWN: 404,
  COLLAGE_ENDED: 409,
  COLLAGE_TAKEN_OVER: 409,
  IDEMPOTENCY_KEY_REUSED: 422,
  TOO_MANY_UNFINISHED: 429,
  TOO_MANY_PHOTOS: 409,
  STAGE_NOT_KEPT: 409,
};
const UNFINISHED_RETRY_SECONDS = 10;
const photoStatuses: Record<string, number> = {
  FILE_TOO_LARGE: 413,
  TOO_MANY_PIXELS: 413,
  FORMAT_NOT_ALLOWED: 415,
  HEIC_NOT_SUPPORTED: 415,
};
/** Where a disk is what failed. */
const DISK_CODES: readonly string[] = ['ENOSPC', 'EDQUOT', 'EROFS', 'EIO'];

/** The problem an error is to whoever made the request. What is nobody's fault but ours tells nothing of its inside. */
export function problemOfError(error: unknown): ProblemParts {
  if (error instanceof ProblemError) return error.parts;
  const detail = error instanceof Error ? error.message : String(error);
  if (
    error instanceof RequestInvalid ||
    error instanceof OptionInvalidError ||
    error instanceof LicenseNameError ||
    error instanceof SceneInvalidError
  ) {
    const reason = 'reason' in error ? error.reason : 'OPTION_INVALID';
    return { status: 400, reason, detail, errors: [{ field: error.field, message: detail }] };
  }
  if (error instanceof CollageError) return { status: 400, reason: error.reason, detail };
  if (error instanceof CollagesError) {
    const status = collagesStatuses[error.reason];
    return {
      status,
      reason: error.reason,
      detail,
      ...(status === 429 && { retryAfterSeconds: UNFINISHED_RETRY_SECONDS }),
    };
  }
  if (error instanceof PhotoUnreadableError) {
    return { status: photoStatuses[error.reason] ?? 422, reason: error.reason, detail };
  }
  if (error instanceof BlobMissingError) {
    return {
      status: 410,
      reason: error.reason,
      detail: `${detail}: it was cleared away. Ask for the collage again.`,
    };
  }
  if (error instanceof InferenceError) return outage('INFERENCE_UNAVAILABLE', detail);
  if (error instanceof BlobStoreError && !error.isOutage) return storeRefuses;
  if (error instanceof BlobStoreError || error instanceof DatabaseError || isOutage(error)) {
    return outage(
      'STORAGE_UNAVAILABLE',
      'The database or the blob store cannot be used now. Try again soon.',
    );
  }
  return httpProblem(error) ?? unexpected;
}

const unexpected: ProblemParts = {
  status: 500,
  reason: 'UNEXPECTED',
  detail: 'Something unexpected happened; the log of the service says what, under the id of this request.',
};

/** The store itself works, and will not with the settings as they are: waiting alone does not help. */
const storeRefuses: ProblemParts = {
  status: 503,
  reason: 'STORAGE_UNAVAILABLE',
  detail:
    'The blob store does not work with this service. Whoever runs it has to correct that; its log says what.',
};

function outage(reason: string, detail: string): ProblemParts {
  return { status: 503, reason, detail, retryAfterSeconds: OUTAGE_RETRY_SECONDS };
}

function isOutage(error: unknown): boolean {
  return DISK_CODES.includes(codeOf(error) ?? '') || isConnectionLost(error);
}

/** What Nest, Express and body-parser throw: all carry a status; those of 500 and more are surprises like any other. */
function httpProblem(error: unknown): ProblemParts | undefined {
  const { status: given, type } = (error ?? {}) as { status?: unknown; type?: unknown };
  const status = error instanceof HttpException ? error.getStatus() : given;
  if (typeof status !== 'number' || status < 400 || status >= 500) return undefined;
  const title = STATUS_CODES[status];
  if (title === undefined) return { status: 400, reason: 'BAD_REQUEST', detail: (error as Error).message };
  if (type === 'entity.parse.failed') {
    return {
      status,
      reason: 'JSON_MALFORMED',
      detail: `Expected JSON but received something else: ${(error as Error).message}`,
    };
  }
  return {
    status,
    reason: title.toUpperCase().replaceAll(/\W+/g, '_'),
    detail: `${(error as Error).message}`,
  };
}
