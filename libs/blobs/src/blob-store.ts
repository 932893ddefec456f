import { createHash } from 'node:crypto';
import { FolderObjects } from './folder-objects.js';
import type { Objects } from './objects.js';

const DIGEST = /^[0-9a-f]{64}$/;

/** Nothing is stored under this digest, or what is stored was damaged. */
export class BlobMissingError extends Error {
  constructor(
    readonly digest: string,
    readonly reason: 'BLOB_MISSING' | 'BLOB_DAMAGED',
  ) {
    super(
      reason === 'BLOB_MISSING'
        ? `No blob is stored under ${digest}`
        : `The blob stored under ${digest} was damaged on disk and has been removed`,
    );
    this.name = 'BlobMissingError';
  }
}

/** SHA-256 of bytes as 64 lower-case hexadecimal digits: the name of a blob. */
export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Throws when a text is not 64 lower-case hexadecimal digits, so that it can't name a path elsewhere. */
export function checkDigest(digest: string, field = 'digest'): void {
  if (!DIGEST.test(digest)) {
    throw new RangeError(`Expected 64 lower-case hexadecimal digits for ${field} but received "${digest}"`);
  }
}

/** A blob as a list shows it. */
export interface ListedBlob {
  digest: string;
  sizeBytes: number;
  /** When it was first stored, or repaired: putting it again does not renew it. */
  storedAt: Date;
}

/**
 * Bytes under the SHA-256 of their content, as objects named `ab/cd/abcd…`. Two levels keep every folder small: a
 * million blobs are 15 a folder. Any number of processes may put at once: equal bytes have equal names.
 */
export class BlobStore {
  /** @param prefix before every name: empty, or ending in `/` */
  constructor(
    private readonly objects: Objects,
    private readonly prefix = '',
  ) {}

  /** Stores bytes, unless they are there already; returns their digest. They survive a power cut from then on. */
  async put(bytes: Uint8Array): Promise<string> {
    const digest = sha256Hex(bytes);
    const stored = await this.objects.size(this.#key(digest));
    // One of another length is damaged: that one alone is replaced.
    if (stored !== bytes.byteLength) await this.objects.write(this.#key(digest), bytes, stored === undefined);
    return digest;
  }

  /**
   * The bytes under a digest, checked against it (about 1 ms a MiB).
   * Throws {@link BlobMissingError} when they are not there or were damaged; damaged ones are removed, so
   * that the next put repairs them.
   */
  async get(digest: string): Promise<Buffer> {
    const key = this.#key(digest);
    const bytes = await this.objects.read(key);
    if (!bytes) throw new BlobMissingError(digest, 'BLOB_MISSING');
    if (sha256Hex(bytes) === digest) return bytes;
    // Once more before it is removed for good: it may have been damaged on its way.
    const again = await this.objects.read(key);
    if (again && sha256Hex(again) === digest) return again;
    await this.objects.remove(key);
    throw new BlobMissingError(digest, 'BLOB_DAMAGED');
  }

  /** Whether something is stored under a digest; does not read it. */
  async has(digest: string): Promise<boolean> {
    return (await this.objects.size(this.#key(digest))) !== undefined;
  }

  /** All blobs, in no order; for housekeeping. What is put or deleted meanwhile may be in it or not. */
  async *list(): AsyncGenerator<ListedBlob, void> {
    for await (const { key, sizeBytes, writtenAt } of this.objects.list(this.prefix)) {
      const digest = key.slice(key.lastIndexOf('/') + 1);
      if (DIGEST.test(digest) && key === this.#key(digest)) yield { digest, sizeBytes, storedAt: writtenAt };
    }
  }

  /** Removes a blob; that there is none is no error. Whoever still needs it gets a `BlobMissingError`. */
  async delete(digest: string): Promise<void> {
    await this.objects.remove(this.#key(digest));
  }

  #key(digest: string): string {
    checkDigest(digest);
    return `${this.prefix}${digest.slice(0, 2)}/${digest.slice(2, 4)}/${digest}`;
  }
}

/** Blobs as files of a folder of their own. */
export class FolderBlobStore extends BlobStore {
  constructor(folder: string) {
    super(new FolderObjects(folder));
  }
}
