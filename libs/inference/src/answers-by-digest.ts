import type { ClientDuplexStream } from '@grpc/grpc-js';
import type { InferenceConnection } from './connection.js';
import type { DuplexCall } from './duplex-call.js';
import { InferenceError } from './inference-error.js';

/** Anything named by a digest. */
interface Named {
  readonly digest: string;
}

/**
 * Sends requests as they come and yields the answers in the order of their arrival, exactly one a digest; a
 * digest that comes again is not sent again.
 *
 * At most `unansweredLimit` requests are under way at once: the source is not read further until answers have
 * come *and* been taken by the caller, so a thousand photos never lie in memory together.
 *
 * @throws InferenceError; `ANSWERS_MISSING` or `ANSWER_UNEXPECTED` if the server breaks the rule above. What
 *   the source throws is passed on.
 */
export async function* answersByDigest<Request extends Named, Response extends Named>(
  connection: InferenceConnection,
  open: () => ClientDuplexStream<Request, Response>,
  requests: AsyncIterable<Request> | Iterable<Request>,
  unansweredLimit: number,
  signal?: AbortSignal,
): AsyncGenerator<Response, void> {
  const unanswered = new Unanswered(unansweredLimit);
  const call = await connection.duplex(open, () => unanswered.count > 0, signal);
  void sendAll(call, requests, unanswered);
  try {
    for await (const response of call.receive()) {
      unanswered.answered(response.digest);
      yield response;
    }
    unanswered.mustBeNone();
  } finally {
    unanswered.close();
  }
}

/** Never rejects: what goes wrong here comes out of the call's `receive`. */
async function sendAll<Request extends Named, Response>(
  call: DuplexCall<Request, Response>,
  requests: AsyncIterable<Request> | Iterable<Request>,
  unanswered: Unanswered,
): Promise<void> {
  const sent = new Set<string>();
  try {
    for await (const request of requests) {
      if (sent.has(request.digest)) continue;
      sent.add(request.digest);
      if (!(await unanswered.roomFor(request.digest))) return;
      await call.send(request);
    }
    call.finishSending();
  } catch (error) {
    call.fail(error);
  }
}

/** The digests sent and not answered yet. */
class Unanswered {
  readonly #digests = new Set<string>();
  #closed = false;
  #wake = () => {};

  constructor(private readonly limit: number) {}

  get count(): number {
    return this.#digests.size;
  }

  /** Waits for room, then takes it; false once nothing more is to be sent. */
  async roomFor(digest: string): Promise<boolean> {
    while (!this.#closed && this.#digests.size >= this.limit) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    this.#digests.add(digest);
    return !this.#closed;
  }

  answered(digest: string): void {
    if (!this.#digests.delete(digest)) {
      const message = `The sidecar answered "${digest}", which was not asked or was answered before.`;
      throw new InferenceError('ANSWER_UNEXPECTED', message, 'INTERNAL');
    }
    this.#wake();
  }

  mustBeNone(): void {
    if (this.#digests.size === 0) return;
    const message = `The sidecar ended its stream with ${this.#digests.size} photos unanswered, such as "${[...this.#digests][0]}".`;
    throw new InferenceError('ANSWERS_MISSING', message, 'INTERNAL');
  }

  close(): void {
    this.#closed = true;
    this.#wake();
  }
}
