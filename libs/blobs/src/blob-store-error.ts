/** Why a place for blobs cannot be used; stable. */
export type BlobStoreReason =
  /** Nobody answers, or only with "not now" after all tries: wait and try again. */
  | 'BLOB_STORE_UNREACHABLE'
  /** No room is left: free some, then try again. */
  | 'BLOB_STORE_FULL'
  /** We may not: credentials or permissions are wrong. */
  | 'BLOB_STORE_REFUSED'
  /** There is no such bucket. */
  | 'BLOB_BUCKET_MISSING'
  /** It answers something that this program does not know. */
  | 'BLOB_STORE_FAILED';

/** The place where blobs are kept cannot be used. `message` says where, what happened and what to do. */
export class BlobStoreError extends Error {
  override readonly name = 'BlobStoreError';

  constructor(
    readonly reason: BlobStoreReason,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** Whether it is an outage, which passes or which somebody ends: the same call may succeed later. */
  get isOutage(): boolean {
    return this.reason === 'BLOB_STORE_UNREACHABLE' || this.reason === 'BLOB_STORE_FULL';
  }
}
