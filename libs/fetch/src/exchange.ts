import type { Readable } from 'node:stream';
import axios, { type AxiosResponse } from 'axios';
import type { Agents } from './agents.js';
import { failureOf } from './failure-of.js';
import { FetchError } from './fetch-error.js';
import { ACCEPTED_ENCODINGS, readBody } from './read-body.js';

/** What every exchange has in common. */
export interface ExchangeSettings {
  agents: Agents;
  userAgent: string;
  /** Longest silence: until the connection and the headers are there, and between two chunks of the body. */
  idleMilliseconds: number;
  /** Longest time for all of it. */
  tryMilliseconds: number;
}

export interface ExchangeRequest {
  headers: Readonly<Record<string, string>>;
  maxBytes: number;
  onBytes(count: number): void;
  signal?: AbortSignal;
  /** What is sent, with POST; absent: nothing, with GET. */
  body?: string;
  /** With HEAD: the host says what it would send, and sends no body. */
  headersOnly?: boolean;
}

/** One answer of one host. */
export interface Answer {
  url: URL;
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** Empty unless the status is 200 to 299: of others nobody reads the body, and it is not waited for. */
  body: Buffer;
}

/**
 * One GET, HEAD or POST of one address; no redirect is followed. axios must use its `http` adapter and no proxy: its fetch
 * adapter, and any proxy, would go round the agents and so reach private addresses.
 * @throws FetchError; the signal's reason
 */
export async function exchange(
  url: URL,
  { headers, maxBytes, onBytes, signal, body: sent, headersOnly }: ExchangeRequest,
  { agents, userAgent, idleMilliseconds, tryMilliseconds }: ExchangeSettings,
): Promise<Answer> {
  const timeUp = AbortSignal.timeout(tryMilliseconds);
  const ending = signal ? AbortSignal.any([signal, timeUp]) : timeUp;
  try {
    const { lookup, ...connecting } = agents.for(url);
    const response = await axios.request<Readable>({
      ...(sent === undefined
        ? { method: headersOnly ? 'head' : 'get' }
        : { method: 'post', data: sent, transformRequest: [] }),
      url: url.href,
      adapter: 'http',
      proxy: false,
      ...connecting,
      // axios declares another callback, but hands a look-up on to Node unchanged.
      lookup: lookup as never,
      headers: { Accept: '*/*', 'Accept-Encoding': ACCEPTED_ENCODINGS, ...headers, 'User-Agent': userAgent },
      responseType: 'stream',
      decompress: false,
      maxRedirects: 0,
      validateStatus: null,
      timeout: idleMilliseconds,
      signal: ending,
    });
    const received = plainHeaders(response.headers);
    const stream = response.data;
    const answer = { url, status: response.status, headers: received };
    if (answer.status < 200 || answer.status > 299) {
      stream.on('error', () => undefined).destroy();
      return { ...answer, body: Buffer.alloc(0) };
    }
    if (headersOnly) {
      // Nothing comes; so the connection can be used again.
      stream.on('error', () => undefined).resume();
      return { ...answer, body: Buffer.alloc(0) };
    }
    const length = Number(received['content-length'] ?? 0);
    if (length > maxBytes) {
      stream.on('error', () => undefined).destroy();
      throw new FetchError(
        'TOO_LARGE',
        url.href,
        `announces ${length} bytes where at most ${maxBytes} are taken`,
      );
    }
    const encoding = received['content-encoding'] ?? '';
    const body = await readBody(stream, encoding, { maxBytes, idleMilliseconds, onBytes, signal: ending });
    return { ...answer, body };
  } catch (error) {
    signal?.throwIfAborted();
    throw failureOf(error, url, timeUp.aborted);
  }
}

function plainHeaders(headers: AxiosResponse['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(', ') : String(value),
    ]),
  );
}
