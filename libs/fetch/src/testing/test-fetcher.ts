import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderBlobStore } from '@collage/blobs/blob-store.js';
import type { Clock } from '../clock.js';
import { HttpFetcher, type FetcherOptions } from '../http-fetcher.js';

/** A clock that stands still but for the sleeps asked of it, which take no time. */
export class FakeClock implements Clock {
  readonly sleeps: number[] = [];
  /** Milliseconds by which somebody set the system's clock, which no time passed by. */
  setBy = 0;
  constructor(public milliseconds = Date.UTC(2026, 10, 25)) {}
  now = (): number => this.milliseconds + this.setBy;
  elapsed = (): number => this.milliseconds;
  random = (): number => 0.5;
  sleep = async (milliseconds: number, signal?: AbortSignal): Promise<void> => {
    signal?.throwIfAborted();
    this.sleeps.push(milliseconds);
    this.milliseconds += milliseconds;
  };
}

/** A fetcher over a temporary folder, with a clock that never waits. */
export interface TestFetcher {
  fetcher: HttpFetcher;
  clock: FakeClock;
  folder: string;
  blobs: FolderBlobStore;
  /** Another fetcher over the same folder and clock, as a second run would have. */
  again(options?: Partial<FetcherOptions>): HttpFetcher;
  remove(): Promise<void>;
}

/**
 * For tests of whatever fetches. Without `preparePhoto` photos are stored as they came, as JPEG of 1 x 1.
 * @param options replaces what is set here; `allow` has to name the test's server
 */
export async function testFetcher(options: Partial<FetcherOptions>): Promise<TestFetcher> {
  const folder = await mkdtemp(join(tmpdir(), 'fetch-'));
  const blobs = new FolderBlobStore(join(folder, 'blobs'));
  const clock = new FakeClock();
  const made: HttpFetcher[] = [];
  const again = (others: Partial<FetcherOptions> = {}) => {
    const { limits, ...rest } = { ...options, ...others };
    const fetcher = new HttpFetcher({
      userAgent: 'ClipAndPaste/test (nobody)',
      allow: [],
      cacheFolder: join(folder, 'fetched'),
      blobs,
      preparePhoto: async (bytes) => ({ bytes, mediaType: 'image/jpeg', width: 1, height: 1 }),
      offline: false,
      clock,
      ...rest,
      limits: { idleMilliseconds: 5_000, tryMilliseconds: 10_000, ...limits },
    });
    made.push(fetcher);
    return fetcher;
  };
  const remove = async () => {
    for (const fetcher of made) fetcher.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { fetcher: again(), clock, folder, blobs, again, remove };
}
