import type { ClientDuplexStream } from '@grpc/grpc-js';
import { sendMessage } from './send-message.js';

/** How a call's failures are told, and how long it may be silent. */
export interface CallTerms {
  readonly answerTimeoutMilliseconds: number;
  /** The error for an answer that did not come in time. */
  silence(): Error;
  /** Turns what a call failed with into what the caller should see. */
  errorFrom(error: unknown, signal?: AbortSignal): Promise<unknown>;
}

/**
 * A running call with a stream each way: sending waits while the transport is full, receiving fails with an
 * `InferenceError`, silence of the server is limited. Opened by `InferenceConnection.duplex`.
 */
export class DuplexCall<Request, Response> {
  #failure: unknown;
  #silent = false;
  #receiving = false;
  readonly #ended: Promise<void>;
  readonly #silence: NodeJS.Timeout;
  readonly #cancel = () => this.call.cancel();

  constructor(
    private readonly terms: CallTerms,
    private readonly call: ClientDuplexStream<Request, Response>,
    private readonly expectsAnswer: () => boolean,
    private readonly leave: () => void,
    private readonly signal?: AbortSignal,
  ) {
    // grpc-js emits `error`, then `status`, and does not destroy the stream: an iteration begun later would
    // end as if nothing had happened.
    call.on('error', (error) => (this.#failure ??= error));
    this.#ended = new Promise((resolve) => call.once('status', () => resolve()));
    this.#silence = setTimeout(() => this.#checkSilence(), terms.answerTimeoutMilliseconds);
    signal?.addEventListener('abort', this.#cancel, { once: true });
  }

  /** Sends one message; resolves when the transport can take another one, or when the call is over. */
  async send(request: Request): Promise<void> {
    this.#silence.refresh();
    await sendMessage(this.call, request, this.#ended);
  }

  /** Says that no more messages follow. */
  finishSending(): void {
    this.call.end();
  }

  /** Cancels the call; `receive` throws `failure`. */
  fail(failure: unknown): void {
    this.#failure = failure;
    this.call.cancel();
  }

  /** The answers as they come. Leaving the loop early cancels the call. */
  async *receive(): AsyncGenerator<Response, void> {
    try {
      this.#receiving = true;
      for await (const response of this.call as AsyncIterable<Response>) {
        this.#receiving = false;
        yield response;
        this.#receiving = true;
        this.#silence.refresh();
      }
      await this.#ended;
      if (this.#failure) throw this.#failure;
    } catch (error) {
      if (this.#silent) throw this.terms.silence();
      throw await this.terms.errorFrom(this.#failure ?? error, this.signal);
    } finally {
      this.close();
    }
  }

  /** Ends the call, whatever its state. */
  close(): void {
    clearTimeout(this.#silence);
    this.signal?.removeEventListener('abort', this.#cancel);
    this.call.cancel();
    this.leave();
  }

  #checkSilence(): void {
    if (this.#receiving && this.expectsAnswer()) {
      this.#silent = true;
      this.call.cancel();
    } else {
      this.#silence.refresh();
    }
  }
}
