import { status as StatusCode } from '@grpc/grpc-js';
import { FakeFailure } from './fake-failure.js';

/** The places of callers in a fake's queue of photos: a call has one from its beginning to its end. */
export class FakeEncodeQueue {
  /** Calls of photos that may be under way at once. */
  limit = 16;
  /** After how long a refused one may come again. */
  retryMilliseconds = 20;
  #callCount = 0;

  /** @throws FakeFailure `ENCODE_QUEUE_FULL` */
  enter(): () => void {
    if (this.#callCount >= this.limit) {
      throw new FakeFailure(
        StatusCode.RESOURCE_EXHAUSTED,
        'ENCODE_QUEUE_FULL',
        `Expected at most ${this.limit} photos of all calls on their way but received one more`,
        { limit: String(this.limit) },
        this.retryMilliseconds,
      );
    }
    this.#callCount++;
    return () => void this.#callCount--;
  }
}
