import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkDigest, sha256Hex } from './blob-store.js';
import { isMissing, writeWholeFile } from './write-whole-file.js';

/** What is derived: vectors of photos, cut-outs of photos, vectors of texts, cut-outs with the pixels of larger photos. */
export type DerivedKind = 'embedding' | 'cutouts' | 'text' | 'larger-cutout';

const KINDS: readonly string[] = ['embedding', 'cutouts', 'text', 'larger-cutout'] satisfies DerivedKind[];
const MODEL_DIGEST = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const CHECKSUM_BYTES = 32;

/**
 * What a model computed from some content, kept so that it need not be computed again: bytes under (kind,
 * model digest, content digest), so that vectors of different models never meet. A cache: any of it may be
 * deleted at any time. Every entry is preceded by the SHA-256 of its bytes, and an entry that was damaged
 * counts as missing.
 */
export class DerivedStore {
  constructor(private readonly folder: string) {}

  /** The bytes stored under these keys, or undefined. Throws a RangeError on a key that is no digest. */
  async get(kind: DerivedKind, modelDigest: string, contentDigest: string): Promise<Buffer | undefined> {
    const path = this.path(kind, modelDigest, contentDigest);
    let entry: Buffer;
    try {
      entry = await readFile(path);
    } catch (error) {
      if (isMissing(error)) {
        return undefined;
      }
      throw error;
    }
    const bytes = entry.subarray(CHECKSUM_BYTES);
    if (
      entry.length < CHECKSUM_BYTES ||
      sha256Hex(bytes) !== entry.subarray(0, CHECKSUM_BYTES).toString('hex')
    ) {
      await rm(path, { force: true });
      return undefined;
    }
    return bytes;
  }

  /** Stores bytes under these keys, replacing what was there. */
  async put(kind: DerivedKind, modelDigest: string, contentDigest: string, bytes: Uint8Array): Promise<void> {
    const checksum = Buffer.from(sha256Hex(bytes), 'hex');
    await writeWholeFile(this.path(kind, modelDigest, contentDigest), Buffer.concat([checksum, bytes]));
  }

  private path(kind: DerivedKind, modelDigest: string, contentDigest: string): string {
    if (!KINDS.includes(kind)) {
      throw new RangeError(`Expected one of ${KINDS.join(', ')} for kind but received "${kind}"`);
    }
    if (!MODEL_DIGEST.test(modelDigest)) {
      throw new RangeError(
        `Expected letters, digits, ".", "_" or "-" for modelDigest but received "${modelDigest}"`,
      );
    }
    checkDigest(contentDigest, 'contentDigest');
    return join(this.folder, kind, modelDigest, contentDigest.slice(0, 2), contentDigest);
  }
}
