import { describe, expect, it } from 'vitest';
import { BlobStoreError, type BlobStoreReason } from '@collage/blobs/blob-store-error.js';
import { problemOfError } from './problem-of-error.js';

describe('what happens to the blob store', () => {
  const problemOf = (reason: BlobStoreReason) =>
    problemOfError(new BlobStoreError(reason, 'The S3 store http://10.0.0.7, bucket "private", is away'));

  it.each(['BLOB_STORE_UNREACHABLE', 'BLOB_STORE_FULL'] as const)('is worth trying again: %s', (reason) => {
    expect(problemOf(reason)).toMatchObject({
      status: 503,
      reason: 'STORAGE_UNAVAILABLE',
      retryAfterSeconds: 5,
    });
  });

  it.each(['BLOB_STORE_REFUSED', 'BLOB_BUCKET_MISSING', 'BLOB_STORE_FAILED'] as const)(
    'is for whoever runs the service to mend: %s',
    (reason) => {
      const problem = problemOf(reason);
      expect(problem).toMatchObject({ status: 503, reason: 'STORAGE_UNAVAILABLE' });
      expect(problem.retryAfterSeconds).toBeUndefined();
    },
  );

  it('is told without where it lies', () => {
    for (const reason of ['BLOB_STORE_UNREACHABLE', 'BLOB_STORE_REFUSED'] as const)
      expect(problemOf(reason).detail).not.toMatch(/10\.0\.0\.7|private/);
  });
});
