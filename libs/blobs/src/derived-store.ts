import { checkDigest, sha256Hex } from './blob-store.js';
import type { Objects } from './objects.js';

/** What is derived: vectors of photos, cut-outs of photos, vectors of texts, cut-outs with the pixels of larger photos. */
export type DerivedKind = 'embedding' | 'cutouts' | 'text' | 'larger-cutout';

const KINDS: readonly string[] = ['embedding', 'cutouts', 'text', 'larger-cutout'] satisfies DerivedKind[];
const MODEL_DIGEST = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const CHECKSUM_BYTES = 32;

/** A derived result as a list shows it. */
export interface ListedResult {
  kind: DerivedKind;
  modelDigest: string;
  contentDigest: string;
  sizeBytes: number;
  storedAt: Date;
}

/**
 * What a model computed from some content, kept so that it need not be computed again: bytes under (kind,
 * model digest, content digest), so that vectors of different models never meet. A cache: any of it may be
 * deleted at any time. Every entry is preceded by the SHA-256 of its bytes, and an entry that was damaged
 * counts as missing.
 */
export class DerivedStore {
  /** @param prefix before every name: empty, or ending in `/` */
  constructor(
    private readonly objects: Objects,
    private readonly prefix = '',
  ) {}

  /** The bytes stored under these keys, or undefined. Throws a RangeError on a key that is no digest. */
  async get(kind: DerivedKind, modelDigest: string, contentDigest: string): Promise<Buffer | undefined> {
    const key = this.#key(kind, modelDigest, contentDigest);
    const entry = await this.objects.read(key);
    if (!entry) return undefined;
    const bytes = entry.subarray(CHECKSUM_BYTES);
    if (
      entry.length < CHECKSUM_BYTES ||
      sha256Hex(bytes) !== entry.subarray(0, CHECKSUM_BYTES).toString('hex')
    ) {
      await this.objects.remove(key);
      return undefined;
    }
    return bytes;
  }

  /** Stores bytes under these keys, replacing what was there. */
  async put(kind: DerivedKind, modelDigest: string, contentDigest: string, bytes: Uint8Array): Promise<void> {
    const checksum = Buffer.from(sha256Hex(bytes), 'hex');
    await this.objects.write(this.#key(kind, modelDigest, contentDigest), Buffer.concat([checksum, bytes]));
  }

  /** All results, in no order; for housekeeping. */
  async *list(): AsyncGenerator<ListedResult, void> {
    for await (const { key, sizeBytes, writtenAt } of this.objects.list(this.prefix)) {
      const [kind, modelDigest, , contentDigest] = key.slice(this.prefix.length).split('/');
      if (!contentDigest || !KINDS.includes(kind!)) continue;
      yield {
        kind: kind as DerivedKind,
        modelDigest: modelDigest!,
        contentDigest,
        sizeBytes,
        storedAt: writtenAt,
      };
    }
  }

  /** Removes a result that was listed; that it is gone is no error. */
  async delete({ kind, modelDigest, contentDigest }: ListedResult): Promise<void> {
    await this.objects.remove(this.#key(kind, modelDigest, contentDigest));
  }

  #key(kind: DerivedKind, modelDigest: string, contentDigest: string): string {
    if (!KINDS.includes(kind)) {
      throw new RangeError(`Expected one of ${KINDS.join(', ')} for kind but received "${kind}"`);
    }
    if (!MODEL_DIGEST.test(modelDigest)) {
      throw new RangeError(
        `Expected letters, digits, ".", "_" or "-" for modelDigest but received "${modelDigest}"`,
      );
    }
    checkDigest(contentDigest, 'contentDigest');
    return `${this.prefix}${kind}/${modelDigest}/${contentDigest.slice(0, 2)}/${contentDigest}`;
  }
}
