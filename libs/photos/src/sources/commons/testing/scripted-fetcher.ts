import { createHash } from 'node:crypto';
import { FetchError } from '@collage/fetch/fetch-error.js';
import type { Fetcher, FetchedPhoto, FetchedText, TextRequest } from '@collage/fetch/fetcher.js';

/** What a scripted wiki answers to the parameters of a request, or will answer: JSON, or an error to throw. */
export type Script = (parameters: Record<string, string>) => unknown;

/**
 * A fetcher with a wiki of a few lines behind it, for what a real one can't be made to answer. A photo's bytes are its
 * address; one whose address holds "gone" is not found, and one with "slow" comes never.
 */
export function scriptedFetcher(script: Script) {
  const requests: Record<string, string>[] = [];
  const photos: string[] = [];
  const fetcher: Fetcher = {
    async text(address: string, { throttledFor }: TextRequest = {}): Promise<FetchedText> {
      const parameters = Object.fromEntries(new URL(address).searchParams);
      requests.push(parameters);
      const answer = await script(parameters);
      if (answer instanceof Error) throw answer;
      const body = typeof answer === 'string' ? answer : JSON.stringify(answer);
      const fetched = { status: 200, headers: {}, body, fromCache: false };
      const retryAfterSeconds = throttledFor?.(fetched);
      if (retryAfterSeconds !== undefined) {
        throw new FetchError('THROTTLED', address, 'too much', { retryAfterSeconds });
      }
      return fetched;
    },
    size: () => Promise.reject(new Error('No size was expected to be asked for')),
    async photo(address: string): Promise<FetchedPhoto> {
      photos.push(address);
      if (address.includes('gone')) throw new FetchError('NOT_FOUND', address, 'it is gone', { status: 404 });
      if (address.includes('slow')) await new Promise(() => {});
      const bytes = Buffer.from(address);
      const hash = (name: string): string => createHash(name).update(bytes).digest('hex');
      const size = { width: 960, height: 640, downloadedBytes: bytes.length };
      return {
        digest: hash('sha256'),
        sha1: hash('sha1'),
        mediaType: 'image/jpeg',
        ...size,
        fromCache: false,
        bytes: async () => bytes,
      };
    },
  };
  return { fetcher, requests, photos };
}
