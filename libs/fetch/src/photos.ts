import { createHash } from 'node:crypto';
import type { BlobStore } from '@collage/blobs/blob-store.js';
import { Places } from '@collage/places/places.js';
import type { Clock } from './clock.js';
import type { FetchedPhoto, PhotoRequest } from './fetcher.js';
import { FetchError } from './fetch-error.js';
import type { KeptPhoto } from './kept-answers.js';
import type { KnownAnswers } from './known-answers.js';
import type { PoliteClient } from './polite-client.js';
import { hostAndPort } from './web-address.js';

/** A photo as we store it. */
export interface PreparedPhoto {
  bytes: Buffer;
  mediaType: string;
  width: number;
  height: number;
  /** EXIF orientation, 1 to 8, that was applied; 1 where the file said none. */
  orientation?: number;
}

/**
 * Looks at received bytes, whatever they were called, and makes of them what is stored: decoded and encoded
 * anew. Throws an error with a `reason` when they are no photo we take.
 */
export type PreparePhoto = (received: Buffer) => Promise<PreparedPhoto>;

/**
 * Photos by address: downloaded once, prepared, and kept for good under the SHA-256 of what is stored; what is not as many
 * bytes as expected is downloaded again after a day.
 */
export class Photos {
  readonly #places = new Map<string, Places>();

  constructor(
    private readonly client: PoliteClient,
    private readonly known: KnownAnswers<KeptPhoto>,
    private readonly blobs: BlobStore,
    private readonly prepare: PreparePhoto,
    /** Photos of one host in memory at a time, downloading and being prepared together. */
    private readonly atOncePerHost: number,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  async fetch(
    url: URL,
    { maxBytes, needsOrientation = false, expectedBytes, signal }: PhotoRequest & { maxBytes: number },
  ): Promise<FetchedPhoto> {
    const kept = await this.known.find(url, maxBytes);
    const isEnough = !needsOrientation || kept?.orientation !== undefined;
    const isExpected = kept?.downloadedBytes === (expectedBytes ?? kept?.downloadedBytes);
    const isGood = isEnough && (isExpected || this.known.isFresh(kept?.fetchedAt));
    if (kept && isGood && (await this.blobs.has(kept.digest))) {
      this.known.hit(url);
      return this.#given(kept, true);
    }
    const photo = await this.known.ask(url, maxBytes, () => this.#download(url, maxBytes, signal));
    await this.known.keep(url, photo);
    return this.#given(photo, false);
  }

  async #download(url: URL, maxBytes: number, signal?: AbortSignal): Promise<KeptPhoto> {
    const leave = await this.#placesOf(url).take(signal);
    try {
      const { body } = await this.client.get(url, { maxBytes, ...(signal && { signal }) });
      const { bytes, ...seen } = await this.prepare(body).catch((error: unknown) => {
        if (!(error instanceof Error && 'reason' in error)) throw error;
        throw new FetchError('NOT_A_PHOTO', url.href, `is no photo we take: ${error.message}`, {
          cause: error,
        });
      });
      signal?.throwIfAborted();
      const digest = await this.blobs.put(bytes);
      const sha1 = createHash('sha1').update(body).digest('hex');
      const fetchedAt = this.clock.now();
      return { kind: 'photo', fetchedAt, digest, sha1, ...seen, downloadedBytes: body.length };
    } finally {
      leave();
    }
  }

  #placesOf(url: URL): Places {
    const host = hostAndPort(url);
    const places = this.#places.get(host) ?? new Places(this.atOncePerHost);
    this.#places.set(host, places);
    return places;
  }

  #given(kept: KeptPhoto, fromCache: boolean): FetchedPhoto {
    const { kind: _, fetchedAt: __, ...photo } = kept;
    return { ...photo, fromCache, bytes: () => this.blobs.get(photo.digest) };
  }
}
