import { describe, expect, it } from 'vitest';
import { BlobStoreError, type BlobStoreReason } from './blob-store-error.js';
import { StoresAtStart } from './stores-at-start.js';

async function started(check: () => Promise<void>, patienceMilliseconds?: number) {
  const warnings: string[] = [];
  await new StoresAtStart({ check }, (text) => warnings.push(text), patienceMilliseconds).onModuleInit();
  return warnings;
}

describe('the place for blobs at the start of a service', () => {
  const failing = (reason: BlobStoreReason) => async () => {
    throw new BlobStoreError(reason, 'The S3 store is not as it should be.');
  };

  it('is not spoken of where it can be used', async () => {
    expect(await started(async () => {})).toEqual([]);
  });

  it.each(['BLOB_STORE_REFUSED', 'BLOB_BUCKET_MISSING'] as const)('ends the start: %s', async (reason) => {
    await expect(started(failing(reason))).rejects.toMatchObject({ reason });
  });

  it.each(['BLOB_STORE_UNREACHABLE', 'BLOB_STORE_FULL', 'BLOB_STORE_FAILED'] as const)(
    'is warned of, for it may be well later: %s',
    async (reason) => {
      expect(await started(failing(reason))).toEqual([
        'The S3 store is not as it should be. Starting all the same: what needs it waits.',
      ]);
    },
  );

  it('is not waited for for long', async () => {
    expect(await started(() => new Promise(() => {}), 20)).toEqual([
      expect.stringContaining('within 0.02 s but received none'),
    ]);
  });
});
