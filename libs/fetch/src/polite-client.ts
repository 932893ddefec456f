import type { Clock } from './clock.js';
import { exchange, type Answer, type ExchangeSettings } from './exchange.js';
import type { FetchCounters } from './fetch-counters.js';
import { FetchError } from './fetch-error.js';
import { retryAfterSeconds, tryPatiently, type Patience } from './patience.js';
import { HostPaused, type Politeness } from './politeness.js';
import { hostAndPort, webAddress } from './web-address.js';

const REDIRECTS = [301, 302, 303, 307, 308];
const THROTTLED = [429, 503];
const GONE = [404, 410];

export interface ClientSettings extends ExchangeSettings, Patience {
  maxRedirects: number;
}

export interface ClientRequest {
  headers?: Readonly<Record<string, string>>;
  /** Most bytes of the body, as received and decompressed. */
  maxBytes: number;
  /** Asks with HEAD: the answer has no body. */
  headersOnly?: boolean;
  signal?: AbortSignal;
  /** A number: the answer says "throttled", ask again after so many seconds. */
  throttledFor?: (answer: Answer) => number | undefined;
}

interface StartedRequest extends ClientRequest {
  /** Told when a request is sent. */
  onStart?(): void;
}

/** Asks politely and patiently: waits for its turn at every host, follows redirects, tries again. */
export class PoliteClient {
  /** Answers, and parts of their bodies, that came from whomever. */
  #signsOfLife = 0;

  constructor(
    private readonly settings: ClientSettings,
    private readonly politeness: Politeness,
    private readonly counters: FetchCounters,
    private readonly clock: Clock,
  ) {}

  /**
   * The answer of an address or of where it redirects to: a status of 200 to 299, or 304 to a conditional
   * request.
   * @throws FetchError; the signal's reason
   */
  async get(url: URL, request: ClientRequest): Promise<Answer> {
    let before: number | undefined;
    // From the last try on: our network may have gone away while we waited in line, or in the middle of an earlier try.
    const started: StartedRequest = { ...request, onStart: () => (before = this.#signsOfLife) };
    try {
      return await tryPatiently(
        (patienceLeft) => this.#follow(url, started, patienceLeft),
        this.settings,
        this.clock,
        (error, wait) => {
          // Everyone who wants something of this host waits with us, also when we are not trying again.
          if (error.reason === 'THROTTLED') this.politeness.pause(hostAndPort(new URL(error.address)), wait);
        },
        request.signal,
      );
    } catch (error) {
      if (error instanceof FetchError) error.isOnline = this.#signsOfLife > (before ?? Infinity);
      throw error;
    }
  }

  /**
   * Posts a text, once: whoever sends has a patience of their own, and no redirect is followed, which would send it to
   * whom it was not meant for.
   * @throws FetchError unless the status is 200 to 299; the signal's reason
   */
  async post(url: URL, body: string, request: ClientRequest): Promise<void> {
    const answer = await this.#ask(url, { ...request, body }, 0);
    if (REDIRECTS.includes(answer.status)) {
      const { status } = answer;
      throw new FetchError('HTTP_STATUS', url.href, `redirects (status ${status}); name where to`, {
        status,
      });
    }
    this.#judged(answer, request);
  }

  async #follow(start: URL, request: StartedRequest, patienceLeft: number): Promise<Answer> {
    let url = start;
    for (let hops = 0; hops <= this.settings.maxRedirects; hops++) {
      const answer = await this.#ask(url, request, patienceLeft);
      if (!REDIRECTS.includes(answer.status)) return this.#judged(answer, request);
      const { location } = answer.headers;
      if (location === undefined) {
        throw new FetchError('HTTP_STATUS', url.href, `redirects (status ${answer.status}) to nowhere`, {
          status: answer.status,
        });
      }
      url = webAddress(location, url);
    }
    throw new FetchError(
      'TOO_MANY_REDIRECTS',
      start.href,
      `redirects more than ${this.settings.maxRedirects} times`,
    );
  }

  async #ask(
    url: URL,
    {
      headers = {},
      maxBytes,
      headersOnly = false,
      signal,
      body,
      onStart,
    }: StartedRequest & { body?: string },
    patienceLeft: number,
  ): Promise<Answer> {
    const host = hostAndPort(url);
    const leave = await this.politeness.enter(host, patienceLeft, signal).catch((error: unknown) => {
      if (!(error instanceof HostPaused)) throw error;
      throw new FetchError('THROTTLED', url.href, 'is left alone, as its host asked for', {
        retryAfterSeconds: error.secondsLeft,
        cause: error,
      });
    });
    try {
      onStart?.();
      const counts = this.counters.of(host);
      counts.requests += 1;
      const onBytes = (count: number) => {
        counts.bytes += count;
        this.#signsOfLife += 1;
      };
      const sent = {
        headers,
        maxBytes,
        onBytes,
        headersOnly,
        ...(body !== undefined && { body }),
        ...(signal && { signal }),
      };
      const answer = await exchange(url, sent, this.settings);
      this.#signsOfLife += 1;
      return answer;
    } finally {
      leave();
    }
  }

  #judged(answer: Answer, { headers = {}, throttledFor }: ClientRequest): Answer {
    const { url, status } = answer;
    const conditional = Object.keys(headers).some((name) => /^If-/i.test(name));
    if (status === 304 && conditional) return answer;
    const retryAfter = retryAfterSeconds(answer.headers['retry-after'], this.clock.now());
    if (THROTTLED.includes(status)) {
      throw new FetchError('THROTTLED', url.href, `asks for patience (status ${status})`, {
        status,
        ...(retryAfter !== undefined && { retryAfterSeconds: retryAfter }),
      });
    }
    if (GONE.includes(status)) {
      throw new FetchError('NOT_FOUND', url.href, `is not there (status ${status})`, { status });
    }
    if (status < 200 || status > 299) {
      throw new FetchError('HTTP_STATUS', url.href, `answered with status ${status}`, { status });
    }
    const seconds = throttledFor?.(answer);
    if (seconds !== undefined) {
      throw new FetchError('THROTTLED', url.href, 'asks for patience in its answer', {
        status,
        retryAfterSeconds: Math.max(seconds, retryAfter ?? 0),
      });
    }
    return answer;
  }
}
