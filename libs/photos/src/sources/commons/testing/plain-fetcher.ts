import { createHash } from 'node:crypto';
import { FetchError } from '@collage/fetch/fetch-error.js';
import type { Fetcher, FetchedPhoto, FetchedText, TextRequest } from '@collage/fetch/fetcher.js';
import { readPhoto } from '../../../read-photo.js';

const USER_AGENT = 'ClipAndPasteTests/0.1 (https://example.org/clip-and-paste) node/20';

/**
 * A fetcher for tests against a wiki on this machine: Node's own fetch, no cache, no patience. Being throttled is an
 * error at once.
 */
export function plainFetcher(): Fetcher & { readonly asked: string[] } {
  const asked: string[] = [];

  async function get(address: string, signal?: AbortSignal): Promise<Response> {
    asked.push(address);
    const response = await fetch(address, { signal, headers: { 'User-Agent': USER_AGENT } }).catch(
      (error: unknown) => {
        signal?.throwIfAborted();
        throw new FetchError('UNREACHABLE', address, `Nobody answers at ${address}: ${String(error)}`);
      },
    );
    const { status } = response;
    if (response.ok) return response;
    const reason = status === 404 ? 'NOT_FOUND' : status === 429 ? 'THROTTLED' : 'HTTP_STATUS';
    throw new FetchError(reason, address, `Expected status 200 from ${address} but received ${status}`, {
      status,
    });
  }

  return {
    asked,
    async text(address: string, { signal, throttledFor }: TextRequest = {}): Promise<FetchedText> {
      const response = await get(address, signal);
      const headers = Object.fromEntries(response.headers);
      const fetched = { status: response.status, headers, body: await response.text(), fromCache: false };
      const retryAfterSeconds = throttledFor?.(fetched);
      if (retryAfterSeconds !== undefined) {
        throw new FetchError('THROTTLED', address, `${address} asks to wait`, {
          status: 200,
          retryAfterSeconds,
        });
      }
      return fetched;
    },
    async photo(address: string, { signal }: { signal?: AbortSignal } = {}): Promise<FetchedPhoto> {
      const bytes = Buffer.from(await (await get(address, signal)).arrayBuffer());
      const hash = (name: string): string => createHash(name).update(bytes).digest('hex');
      return {
        ...(await readPhoto(bytes)),
        digest: hash('sha256'),
        sha1: hash('sha1'),
        downloadedBytes: bytes.length,
        fromCache: false,
        bytes: async () => bytes,
      };
    },
  };
}
