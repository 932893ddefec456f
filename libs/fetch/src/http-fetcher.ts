import { join } from 'node:path';
import type { BlobStore } from '@collage/blobs/blob-store.js';
import { Agents } from './agents.js';
import { systemClock, type Clock } from './clock.js';
import { FetchCounters, type HostCounts } from './fetch-counters.js';
import { FetchError } from './fetch-error.js';
import { DEFAULT_LIMITS, type FetchLimits } from './fetch-limits.js';
import type {
  FetchedPhoto,
  FetchedText,
  Fetcher,
  PhotoRequest,
  SizeRequest,
  TextRequest,
} from './fetcher.js';
import { JsonCache } from './json-cache.js';
import { KnownAnswers } from './known-answers.js';
import { Photos, type PreparePhoto } from './photos.js';
import { PoliteClient } from './polite-client.js';
import { Politeness } from './politeness.js';
import { rememberedOfPhoto, rememberedOfText } from './remembered-failures.js';
import { SharedCalls } from './shared-calls.js';
import { Sizes } from './sizes.js';
import type { Lookup } from './special-addresses.js';
import { Texts } from './texts.js';
import { allowedHosts, hostAndPort, webAddress } from './web-address.js';

export interface FetcherOptions {
  /** From `userAgentOf`. */
  userAgent: string;
  /** Exact host:port pairs that may lie in private networks. */
  allow: readonly string[];
  /** Where answers are kept; it may be deleted at any time. */
  cacheFolder: string;
  /** Where the bytes of photos are stored. */
  blobs: BlobStore;
  /** How received bytes become a stored photo. */
  preparePhoto: PreparePhoto;
  /** Answer from the disk alone. */
  offline: boolean;
  limits?: Partial<FetchLimits>;
  /** The system's if absent. */
  clock?: Clock;
  /** Node's `dns.lookup` if absent. */
  lookup?: Lookup;
}

/**
 * Fetches over HTTP and keeps what it fetched. One of these a process: politeness and the sharing of equal
 * requests are its own. See {@link Fetcher}.
 */
export class HttpFetcher implements Fetcher {
  readonly #counters = new FetchCounters();
  readonly #limits: FetchLimits;
  readonly #agents: Agents;
  readonly #texts: Texts;
  readonly #photos: Photos;
  readonly #sizes: Sizes;
  readonly #client: PoliteClient;
  readonly #offline: boolean;
  readonly #sharedTexts = new SharedCalls<FetchedText>();
  readonly #sharedPhotos = new SharedCalls<FetchedPhoto>();
  readonly #sharedSizes = new SharedCalls<number | undefined>();

  /** @throws RangeError when `allow` has an entry that is no host:port pair */
  constructor({ userAgent, cacheFolder, blobs, offline, lookup, ...options }: FetcherOptions) {
    const clock = options.clock ?? systemClock;
    const counters = this.#counters;
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    const agents = new Agents(allowedHosts(options.allow), lookup);
    const client = new PoliteClient(
      { ...limits, agents, userAgent },
      new Politeness(limits, clock),
      counters,
      clock,
    );
    const known = <T extends { kind: string }>(name: string, rememberedOf = rememberedOfPhoto) =>
      new KnownAnswers<T>(new JsonCache(join(cacheFolder, name)), counters, clock, {
        ...limits,
        offline,
        rememberedOf,
      });
    this.#limits = limits;
    this.#agents = agents;
    this.#client = client;
    this.#offline = offline;
    this.#texts = new Texts(client, known('texts', rememberedOfText), counters, clock);
    this.#photos = new Photos(
      client,
      known('photos'),
      blobs,
      options.preparePhoto,
      limits.photosPerHost,
      clock,
    );
    this.#sizes = new Sizes(client, known('sizes'), clock);
  }

  text(address: string, { signal, ...request }: TextRequest = {}): Promise<FetchedText> {
    const maxBytes = request.maxBytes ?? this.#limits.maxTextBytes;
    return this.#counted(address, (url) =>
      this.#sharedTexts.share(`${maxBytes} ${url.href}`, signal, (stop) =>
        this.#texts.fetch(url, { ...request, maxBytes, signal: stop }),
      ),
    );
  }

  photo(address: string, { signal, ...request }: PhotoRequest = {}): Promise<FetchedPhoto> {
    const { maxBytes = this.#limits.maxPhotoBytes, needsOrientation = false, expectedBytes } = request;
    return this.#counted(address, (url) =>
      this.#sharedPhotos.share(
        `${maxBytes} ${needsOrientation} ${expectedBytes} ${url.href}`,
        signal,
        (stop) => this.#photos.fetch(url, { ...request, maxBytes, signal: stop }),
      ),
    );
  }

  size(address: string, { signal, ...request }: SizeRequest = {}): Promise<number | undefined> {
    return this.#counted(address, (url) =>
      this.#sharedSizes.share(`${request.expectedBytes} ${url.href}`, signal, (stop) =>
        this.#sizes.fetch(url, { ...request, signal: stop }),
      ),
    );
  }

  /**
   * Posts a text, once; see `PoliteClient.post`. What is answered is not read beyond 64 KiB.
   * @throws FetchError unless the status is 200 to 299; the signal's reason
   */
  post(
    address: string,
    body: string,
    { headers, signal }: { headers: Readonly<Record<string, string>>; signal?: AbortSignal },
  ): Promise<void> {
    return this.#counted(address, async (url) => {
      if (this.#offline) throw new FetchError('OFFLINE', url.href, 'is not told: OFFLINE is set');
      await this.#client.post(url, body, { headers, maxBytes: 65_536, ...(signal && { signal }) });
    });
  }

  /** What was asked of every host so far, by host:port. */
  counts(): Record<string, HostCounts> {
    return this.#counters.snapshot();
  }

  /** The counts of all hosts together. */
  totals(): HostCounts {
    return this.#counters.total();
  }

  /** Closes all connections; what is under way fails. */
  close(): void {
    this.#agents.close();
  }

  /** Counts a failure under the host that was asked for, or under "" where there is none. */
  async #counted<T>(address: string, fetch: (url: URL) => Promise<T>): Promise<T> {
    let host = '';
    try {
      const url = webAddress(address);
      host = hostAndPort(url);
      return await fetch(url);
    } catch (error) {
      if (error instanceof FetchError) this.#counters.failed(host, error.reason);
      throw error;
    }
  }
}
