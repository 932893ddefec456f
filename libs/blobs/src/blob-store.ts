import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing, writeWholeFile } from './write-whole-file.js';

const DIGEST = /^[0-9a-f]{64}$/;

/** Nothing is stored under this digest, or what is stored was damaged on disk. */
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
 * Bytes under the SHA-256 of their content, as files of a folder: `ab/cd/abcd…`. Two levels keep every
 * folder small: a million blobs are 15 a folder. Any number of processes may put at once: equal bytes have
 * equal names.
 */
export class FolderBlobStore {
  constructor(private readonly folder: string) {}

  /** Stores bytes, unless they are there already; returns their digest. They survive a power cut from then on. */
  async put(bytes: Uint8Array): Promise<string> {
    const digest = sha256Hex(bytes);
    if (!(await this.hasSize(digest, bytes.byteLength))) {
      await writeWholeFile(this.path(digest), bytes);
    }
    return digest;
  }

  /**
   * The bytes under a digest, checked against it (about 1 ms a MiB).
   * Throws {@link BlobMissingError} when they are not there or were damaged; damaged ones are removed, so
   * that the next put repairs them.
   */
  async get(digest: string): Promise<Buffer> {
    const path = this.path(digest);
    const bytes = await readFile(path).catch((error: unknown) => {
      throw isMissing(error) ? new BlobMissingError(digest, 'BLOB_MISSING') : error;
    });
    if (sha256Hex(bytes) !== digest) {
      await rm(path, { force: true });
      throw new BlobMissingError(digest, 'BLOB_DAMAGED');
    }
    return bytes;
  }

  /** Whether something is stored under a digest; does not read it. */
  async has(digest: string): Promise<boolean> {
    return this.hasSize(digest);
  }

  /** All blobs, in no order; for housekeeping. What is put or deleted meanwhile may be in it or not. */
  async *list(): AsyncGenerator<ListedBlob, void> {
    for (const first of await namesIn(this.folder)) {
      for (const second of await namesIn(join(this.folder, first))) {
        for (const digest of await namesIn(join(this.folder, first, second))) {
          const found = DIGEST.test(digest) && (await stat(this.path(digest)).catch(() => undefined));
          if (found) yield { digest, sizeBytes: found.size, storedAt: found.mtime };
        }
      }
    }
  }

  /** Removes a blob; that there is none is no error. Whoever still needs it gets a `BlobMissingError`. */
  async delete(digest: string): Promise<void> {
    await rm(this.path(digest), { force: true });
  }

  private async hasSize(digest: string, size?: number): Promise<boolean> {
    try {
      const found = await stat(this.path(digest));
      return found.isFile() && (size === undefined ? true : found.size === size);
    } catch (error) {
      if (isMissing(error)) {
        return false;
      }
      throw error;
    }
  }

  private path(digest: string): string {
    checkDigest(digest);
    return join(this.folder, digest.slice(0, 2), digest.slice(2, 4), digest);
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
}
