import { type CallOptions, Channel, Client, type ClientDuplexStream, type ServiceError } from '@grpc/grpc-js';
import { CompositionServiceClient } from '@collage/proto/collage/v1/composition_service.js';
import { EmbeddingServiceClient } from '@collage/proto/collage/v1/embedding_service.js';
import { SegmentationServiceClient } from '@collage/proto/collage/v1/segmentation_service.js';
import { Places } from '@collage/places/places.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectionCount } from './connection-count.js';
import { type CallTerms, DuplexCall } from './duplex-call.js';
import { checkHealth, type ServingStatus } from './health-check.js';
import { errorInfoOf, errorOfServer, InferenceError, isServiceError } from './inference-error.js';
import { credentialsOf, type Tls } from './tls.js';

const mebibyte = 2 ** 20;

/** gRPC's own limit is 4 MiB on either side; a 50 megapixel photo may have 32 MiB. */
export const messageLimitBytes = 64 * mebibyte;

/**
 * Calls at a time on one channel: grpc-js answers some of 2,000 calls fired at once with CANCELLED (181 of them; 1,000
 * were clean).
 */
const inFlightLimit = 64;

/** How long to wait for the news of a sidecar's death after a call to it was cut. */
const deathNoticeMilliseconds = 500;

/** How to talk to one sidecar. */
export interface ConnectionOptions {
  /** How long any one answer may take before the call fails with `DEADLINE_EXCEEDED`; default 120,000. */
  answerTimeoutMilliseconds?: number;
  /** Whom to trust and who we are; absent: no TLS, for a sidecar on the same machine or in a closed network. */
  tls?: Tls;
  /** The process behind the address, where it is ours: lets a cut call say how the process died. */
  sidecar?: { readonly exited: Promise<{ readonly description: string }> };
}

/**
 * One channel to one sidecar. Every failure of a call comes out as an `InferenceError`: what the server said,
 * or `SIDECAR_UNREACHABLE`, `DEADLINE_EXCEEDED`, `CANCELLED` with a sentence on what to do.
 */
export class InferenceConnection implements CallTerms {
  readonly embedding: EmbeddingServiceClient;
  readonly segmentation: SegmentationServiceClient;
  readonly composition: CompositionServiceClient;
  readonly answerTimeoutMilliseconds: number;
  readonly #channel: Channel;
  readonly #connections: ConnectionCount;
  readonly #health: Client;
  readonly #inFlight = new Places(inFlightLimit);
  readonly #sidecar: ConnectionOptions['sidecar'];

  /** @param address host:port; nothing is sent before the first call */
  constructor(
    readonly address: string,
    options: ConnectionOptions = {},
  ) {
    this.answerTimeoutMilliseconds = options.answerTimeoutMilliseconds ?? 120_000;
    this.#sidecar = options.sidecar;
    const channelCredentials = credentialsOf(options.tls);
    this.#channel = new Channel(address, channelCredentials, {
      'grpc.max_receive_message_length': messageLimitBytes,
      'grpc.max_send_message_length': messageLimitBytes,
      // Not below the server's minimum between pings (5 minutes by default), else it ends the connection
      // with `too_many_pings`. A host that vanishes during a call is found by `answerTimeoutMilliseconds`.
      'grpc.keepalive_time_ms': 300_000,
      'grpc.keepalive_timeout_ms': 20_000,
    });
    const shared = { channelOverride: this.#channel };
    this.#connections = new ConnectionCount(this.#channel);
    this.embedding = new EmbeddingServiceClient(address, channelCredentials, shared);
    this.segmentation = new SegmentationServiceClient(address, channelCredentials, shared);
    this.composition = new CompositionServiceClient(address, channelCredentials, shared);
    this.#health = new Client(address, channelCredentials, shared);
  }

  /** How often it has connected: after each time another sidecar may be there. */
  get connectionCount(): number {
    return this.#connections.value;
  }

  /** Ends the channel; running calls fail. */
  close(): void {
    this.#channel.close();
  }

  /** What the sidecar says of itself by grpc.health.v1; an empty `service` means all of it. */
  health(service = '', signal?: AbortSignal): Promise<ServingStatus> {
    return this.unary((options, done) => checkHealth(this.#health, service, options, done), signal);
  }

  /**
   * Waits until the sidecar serves.
   * @throws InferenceError `SIDECAR_UNREACHABLE` when the time is up, `CANCELLED` when the signal aborts
   */
  async waitUntilReady(timeoutMilliseconds: number, signal?: AbortSignal): Promise<void> {
    const end = Date.now() + timeoutMilliseconds;
    let last = 'nothing';
    while (Date.now() < end) {
      try {
        last = await this.health('', signal);
        if (last === 'SERVING') return;
      } catch (error) {
        if (signal?.aborted) throw error;
        last = error instanceof Error ? error.message : String(error);
      }
      await sleep(100);
    }
    throw new InferenceError(
      'SIDECAR_UNREACHABLE',
      `The sidecar at ${this.address} did not serve within ${timeoutMilliseconds / 1000} s; ` +
        `the last it said: ${last}. Look at its log, or give it longer to load its models.`,
      'UNAVAILABLE',
    );
  }

  /**
   * Makes a call with one answer; `start` gets the options to pass on and the callback.
   * @param patience multiplies the time limit, for an answer to more than the usual work
   */
  async unary<Response>(
    start: (
      options: CallOptions,
      done: (error: ServiceError | null, response?: Response) => void,
    ) => { cancel(): void },
    signal?: AbortSignal,
    patience = 1,
  ): Promise<Response> {
    const timeoutMilliseconds = patience * this.answerTimeoutMilliseconds;
    const leave = await this.#enter(signal);
    let cancel = () => {};
    try {
      return await new Promise<Response>((resolve, reject) => {
        const deadline = new Date(Date.now() + timeoutMilliseconds);
        const call = start({ deadline }, (error, response) => (error ? reject(error) : resolve(response!)));
        cancel = () => call.cancel();
        signal?.addEventListener('abort', cancel, { once: true });
        if (signal?.aborted) cancel(); // while it waited for its turn: no event follows
      });
    } catch (error) {
      throw await this.errorFrom(error, signal, timeoutMilliseconds);
    } finally {
      signal?.removeEventListener('abort', cancel);
      leave();
    }
  }

  /**
   * Opens a call with a stream each way.
   * @param expectsAnswer whether the server owes an answer now; only then its silence counts against the
   *   time limit
   */
  async duplex<Request, Response>(
    open: () => ClientDuplexStream<Request, Response>,
    expectsAnswer: () => boolean,
    signal?: AbortSignal,
  ): Promise<DuplexCall<Request, Response>> {
    const leave = await this.#enter(signal);
    return new DuplexCall(this, open(), expectsAnswer, leave, signal);
  }

  /** Turns what a call failed with into what the caller should see; anything but grpc's errors stays as it is. */
  async errorFrom(error: unknown, signal?: AbortSignal, timeoutMilliseconds?: number): Promise<unknown> {
    if (signal?.aborted) return abortionOf(signal);
    if (!isServiceError(error)) return error;
    const said = errorOfServer(error);
    if (errorInfoOf(error)) return said;
    if (said.code === 'DEADLINE_EXCEEDED') return this.silence(timeoutMilliseconds);
    const death = await this.#deathNotice();
    // The server cancels what is under way when it shuts down; our own cancelling was told apart above.
    const cut = said.code === 'UNAVAILABLE' || said.code === 'CANCELLED';
    if (!cut && death === undefined) return said;
    return new InferenceError(
      'SIDECAR_UNREACHABLE',
      death === undefined
        ? `The sidecar at ${this.address} is not there or died (${said.message}); start it, or correct its address, and try again.`
        : `The sidecar died (${death}) while it was being called; start it again. If it was killed for lack of memory, give it fewer threads or smaller pictures.`,
      'UNAVAILABLE',
    );
  }

  /** The error for an answer that did not come in time. */
  silence(timeoutMilliseconds = this.answerTimeoutMilliseconds): InferenceError {
    return new InferenceError(
      'DEADLINE_EXCEEDED',
      `The sidecar at ${this.address} did not answer within ${timeoutMilliseconds / 1000} s; ` +
        'it is overloaded or stuck: ask for less at once, or allow more time.',
      'DEADLINE_EXCEEDED',
    );
  }

  async #enter(signal?: AbortSignal): Promise<() => void> {
    try {
      return await this.#inFlight.take(signal);
    } catch (error) {
      throw signal?.aborted ? abortionOf(signal) : error;
    }
  }

  #deathNotice(): Promise<string | undefined> | undefined {
    return (
      this.#sidecar &&
      Promise.race([
        this.#sidecar.exited.then(({ description }) => description),
        sleep(deathNoticeMilliseconds, undefined, { ref: false }),
      ])
    );
  }
}

/** The error of a call that its caller ended. */
export function abortionOf(signal: AbortSignal): InferenceError {
  const timedOut = signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError';
  return timedOut
    ? new InferenceError('DEADLINE_EXCEEDED', 'The time given for this call is up.', 'DEADLINE_EXCEEDED')
    : new InferenceError('CANCELLED', 'The call was cancelled by its caller.', 'CANCELLED');
}
