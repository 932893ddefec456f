/** Bytes by the SHA-256 of their content: what whoever makes a collage needs of the store. */
export interface Blobs {
  /** Stores bytes; returns their digest. */
  put(bytes: Uint8Array): Promise<string>;
  /** The bytes under a digest. Throws a `BlobMissingError` where they are not there or were damaged. */
  get(digest: string): Promise<Buffer>;
  /** Whether something is stored under a digest; does not read it. */
  has(digest: string): Promise<boolean>;
}
