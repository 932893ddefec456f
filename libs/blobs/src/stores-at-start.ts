import { setTimeout as sleep } from 'node:timers/promises';
import { BlobStoreError, type BlobStoreReason } from './blob-store-error.js';
import type { Stores } from './open-stores.js';

const PATIENCE_MILLISECONDS = 10_000;
/** What only somebody can mend: without that, everything would fail. */
const FOR_GOOD: readonly BlobStoreReason[] = ['BLOB_STORE_REFUSED', 'BLOB_BUCKET_MISSING'];

/**
 * Looks at the place for blobs as a service starts. Wrong credentials and a missing bucket end the start; an outage does
 * not, for the service waits for its end anyway.
 */
export class StoresAtStart {
  constructor(
    private readonly stores: Pick<Stores, 'check'>,
    private readonly warn: (text: string) => void,
    private readonly patienceMilliseconds = PATIENCE_MILLISECONDS,
  ) {}

  /**
   * Nest calls it before anything begins.
   * @throws BlobStoreError BLOB_STORE_REFUSED, BLOB_BUCKET_MISSING
   */
  async onModuleInit(): Promise<void> {
    const slow = new BlobStoreError(
      'BLOB_STORE_UNREACHABLE',
      `Expected an answer of the blob store within ${this.patienceMilliseconds / 1000} s but received none.`,
    );
    const found = this.stores.check().then(
      () => undefined,
      (error: unknown) => error,
    );
    const problem = await Promise.race([found, sleep(this.patienceMilliseconds, slow, { ref: false })]);
    if (problem === undefined) return;
    if (!(problem instanceof BlobStoreError) || FOR_GOOD.includes(problem.reason)) throw problem;
    this.warn(`${problem.message} Starting all the same: what needs it waits.`);
  }
}
