import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { S3Place } from './blob-url.js';
import type { ListedObject, Objects } from './objects.js';
import { type RetryTerms, withRetries } from './retries.js';
import { BodyTruncated, mayPass, s3Failure, statusOf } from './s3-failure.js';

/** How long and how often we try. */
export interface S3Terms extends RetryTerms {
  /** How long one try may take from its first byte to its last. */
  tryMilliseconds: number;
  /** How long connecting may take. */
  connectMilliseconds: number;
  /** Names a list request asks for, at most 1,000. */
  pageKeys: number;
}

/** Five tries within some six seconds of waiting: a restart of the store is not noticed; an outage is told soon. */
const defaultTerms: S3Terms = {
  tries: 5,
  firstWaitMilliseconds: 400,
  tryMilliseconds: 60_000,
  connectMilliseconds: 5_000,
  pageKeys: 1000,
  sleep: (milliseconds) => sleep(milliseconds),
  random: Math.random,
};

const ALREADY_THERE = 412;
const NOT_IMPLEMENTED = 501;
const NOT_FOUND = 404;

/**
 * Objects of a bucket of an S3-compatible store. Keys are addressed by path, which every such store knows. The
 * SDK's own retries are off: ours cover the body of an answer too.
 */
export class S3Objects implements Objects {
  readonly #client: S3Client;
  readonly #terms: S3Terms;

  /** @param terms the defaults where absent */
  constructor(
    private readonly place: S3Place,
    terms: Partial<S3Terms> = {},
  ) {
    this.#terms = { ...defaultTerms, ...terms };
    this.#client = new S3Client({
      region: place.region,
      endpoint: place.endpoint,
      forcePathStyle: true,
      maxAttempts: 1,
      // Ours are exact: the SHA-256 of what is sent, and the digest of what is read. Not all stores know the
      // SDK's default ones.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: { connectionTimeout: this.#terms.connectMilliseconds },
    });
  }

  /** Whether bucket and credentials will do. @throws BlobStoreError */
  async check(): Promise<void> {
    const { bucket } = this.place;
    try {
      await this.#try((abortSignal) =>
        this.#client.send(new HeadBucketCommand({ Bucket: bucket }), { abortSignal }),
      );
    } catch (error) {
      // An answer to HEAD has no body that could say so.
      if (statusOf(error) === NOT_FOUND) (error as Error).name = 'NoSuchBucket';
      throw s3Failure(error, this.place);
    }
  }

  read(key: string): Promise<Buffer | undefined> {
    return this.#orNothing(async (abortSignal) => {
      const { Body, ContentLength } = await this.#client.send(new GetObjectCommand(this.#object(key)), {
        abortSignal,
      });
      return readBody(Body as AsyncIterable<Uint8Array>, ContentLength, abortSignal);
    });
  }

  async write(key: string, bytes: Uint8Array, onlyNew = false): Promise<void> {
    const put = (IfNoneMatch?: '*') =>
      this.#try((abortSignal) => {
        const ChecksumSHA256 = createHash('sha256').update(bytes).digest('base64');
        const request = { ...this.#object(key), Body: bytes, ChecksumSHA256, IfNoneMatch };
        return this.#client.send(new PutObjectCommand(request), { abortSignal });
      });
    try {
      await (onlyNew ? put('*') : put());
    } catch (error) {
      const status = statusOf(error);
      if (onlyNew && status === ALREADY_THERE) return;
      if (!onlyNew || status !== NOT_IMPLEMENTED) throw s3Failure(error, this.place);
      // A store that cannot tell: writing the same bytes again does no harm.
      await this.write(key, bytes);
    }
  }

  async size(key: string): Promise<number | undefined> {
    return this.#orNothing(async (abortSignal) => {
      const found = await this.#client.send(new HeadObjectCommand(this.#object(key)), { abortSignal });
      return found.ContentLength ?? 0;
    });
  }

  async remove(key: string): Promise<void> {
    await this.#orNothing((abortSignal) =>
      this.#client.send(new DeleteObjectCommand(this.#object(key)), { abortSignal }),
    );
  }

  async *list(prefix: string): AsyncGenerator<ListedObject, void> {
    let next: string | undefined;
    do {
      const request = {
        Bucket: this.place.bucket,
        Prefix: this.place.prefix + prefix,
        ContinuationToken: next,
        MaxKeys: this.#terms.pageKeys,
      };
      const page = await this.#orNothing<ListObjectsV2CommandOutput>((abortSignal) =>
        this.#client.send(new ListObjectsV2Command(request), { abortSignal }),
      );
      for (const { Key, Size, LastModified } of page?.Contents ?? []) {
        yield {
          key: Key!.slice(this.place.prefix.length),
          sizeBytes: Size ?? 0,
          writtenAt: LastModified ?? new Date(0),
        };
      }
      next = page?.NextContinuationToken;
    } while (next !== undefined);
  }

  close(): void {
    this.#client.destroy();
  }

  #object(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.place.bucket, Key: this.place.prefix + key };
  }

  /** A missing key is undefined; a missing bucket is none. */
  async #orNothing<Result>(send: (signal: AbortSignal) => Promise<Result>): Promise<Result | undefined> {
    try {
      return await this.#try(send);
    } catch (error) {
      if (statusOf(error) === NOT_FOUND && (error as Error).name !== 'NoSuchBucket') return undefined;
      throw s3Failure(error, this.place);
    }
  }

  #try<Result>(send: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    return withRetries(this.#terms, mayPass, () => send(AbortSignal.timeout(this.#terms.tryMilliseconds)));
  }
}

/** The SDK ends a request by its signal only until its headers have come; the body is ended here. */
async function readBody(
  body: AsyncIterable<Uint8Array> & { destroy?(error: Error): void },
  length: number | undefined,
  signal: AbortSignal,
): Promise<Buffer> {
  const stop = () => body.destroy?.(new BodyTruncated('the body stopped coming'));
  signal.addEventListener('abort', stop, { once: true });
  try {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    if (length !== undefined && bytes.length !== length) {
      throw new BodyTruncated(`${bytes.length} of ${length} bytes came`);
    }
    return bytes;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
