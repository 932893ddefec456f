import { S3ServiceException } from '@aws-sdk/client-s3';
import { BlobStoreError, type BlobStoreReason } from './blob-store-error.js';
import type { S3Place } from './blob-url.js';

/** Codes of refusals that say "not now" though their status may be another than 5xx. */
const NOT_NOW = new Set([
  'SlowDown',
  'ServiceUnavailable',
  'InternalError',
  'RequestTimeout',
  'RequestTimeTooSkewed',
  'Throttling',
  'ThrottlingException',
  'ConditionalRequestConflict',
  'OperationAborted',
]);
const FULL = new Set(['QuotaExceeded', 'XMinioStorageFull', 'InsufficientStorage']);
const INSUFFICIENT_STORAGE = 507;

/** A body that ended before all of it had come. */
export class BodyTruncated extends Error {
  override readonly name = 'BodyTruncated';
}

/** Status of an answer; undefined where none came. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
}

/** Whether the same call may succeed soon: nobody answered, the answer was cut, or it said "not now". */
export function mayPass(error: unknown): boolean {
  if (isAboutCredentials(error)) return false;
  const status = statusOf(error);
  if (status === undefined) return true;
  if (isFull(error)) return false;
  // An answer of status 200 that could not be read is one that was cut.
  return status >= 500 || status === 429 || status < 300 || NOT_NOW.has((error as Error).name);
}

/**
 * What the caller should see of what a call failed with. The SDK's error is not its cause: it holds the whole request,
 * signature included, and would be logged with it.
 */
export function s3Failure(error: unknown, place: S3Place): BlobStoreError {
  const where = `The S3 store ${place.endpoint ?? `of ${place.region}`}, bucket "${place.bucket}",`;
  const said =
    error instanceof Error ? [error.name, error.message].filter(Boolean).join(': ') : String(error);
  const [reason, what] = describe(error);
  return new BlobStoreError(reason, `${where} ${what} (${said.slice(0, 300)})`);
}

function describe(error: unknown): [BlobStoreReason, string] {
  if (isAboutCredentials(error)) {
    return ['BLOB_STORE_REFUSED', 'has no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY'];
  }
  if (isFull(error)) return ['BLOB_STORE_FULL', 'has no room left: free some or raise its quota'];
  if ((error as Error).name === 'NoSuchBucket') {
    return ['BLOB_BUCKET_MISSING', 'is not there: make the bucket, or correct BLOB_URL'];
  }
  const status = statusOf(error);
  if (status === 401 || status === 403) {
    return ['BLOB_STORE_REFUSED', 'refuses us: correct the credentials, or the permissions of that key'];
  }
  if (status === 301 || status === 400) {
    return ['BLOB_STORE_REFUSED', 'does not take our requests: correct region and endpoint in BLOB_URL'];
  }
  if (mayPass(error)) {
    return [
      'BLOB_STORE_UNREACHABLE',
      'cannot be used now: see that it runs and can be reached, and try again',
    ];
  }
  return ['BLOB_STORE_FAILED', 'answered what this program does not know'];
}

function isFull(error: unknown): boolean {
  return statusOf(error) === INSUFFICIENT_STORAGE || FULL.has((error as Error).name);
}

function isAboutCredentials(error: unknown): boolean {
  return error instanceof Error && error.name === 'CredentialsProviderError';
}
