import type { PutCutoutsRequest, PutCutoutsResponse } from '@collage/proto/collage/v1/composition_service.js';
import type { Borders } from '@collage/proto/collage/v1/photo.js';
import { type ClientWritableStream, Metadata } from '@grpc/grpc-js';
import type { InferenceConnection } from './connection.js';
import { InferenceError } from './inference-error.js';
import { sendMessage } from './send-message.js';

/**
 * Gives a cut-out's picture at the size it is to be optimised at (PNG or WebP, straight alpha) and the edges
 * of its photo it touches.
 */
export type LoadCutout = (digest: string) => Promise<{ picture: Uint8Array; borders?: Borders }>;

/**
 * The sidecar's bounded cache of cut-outs, as seen from here: a call that names one it does not hold is
 * refused with `UNKNOWN_CUTOUT` and the digests, and made again once they are there.
 */
export class CutoutCache {
  constructor(
    private readonly connection: InferenceConnection,
    private readonly loadCutout: LoadCutout,
  ) {}

  /** Puts cut-outs as they come. */
  async put(
    cutouts: AsyncIterable<PutCutoutsRequest> | Iterable<PutCutoutsRequest>,
    signal?: AbortSignal,
  ): Promise<void> {
    const sending = new AbortController();
    let failure: unknown;
    try {
      await this.connection.unary<PutCutoutsResponse>((options, done) => {
        const call = this.connection.composition.putCutouts(new Metadata(), options, (error, response) => {
          sending.abort();
          done(error, response);
        });
        sendAll(call, cutouts, sending.signal).catch((error: unknown) => {
          failure = error;
          call.cancel();
        });
        return call;
      }, signal);
    } catch (error) {
      throw failure ?? error;
    }
  }

  /** Puts the cut-outs with these digests from where `loadCutout` has them. */
  async putAgain(digests: Iterable<string>, signal?: AbortSignal): Promise<void> {
    await this.put(this.#load(digests), signal);
  }

  /** Makes a call; if it names cut-outs the sidecar does not hold, puts them and makes it once more. */
  async during<Result>(signal: AbortSignal | undefined, call: () => Promise<Result>): Promise<Result> {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof InferenceError) || error.reason !== 'UNKNOWN_CUTOUT') throw error;
      await this.putAgain(error.metadata.digests?.split(',') ?? [], signal);
      return await call();
    }
  }

  async *#load(digests: Iterable<string>): AsyncGenerator<PutCutoutsRequest, void> {
    for (const cutoutDigest of digests) {
      const { picture, borders } = await this.loadCutout(cutoutDigest);
      yield {
        cutoutDigest,
        picture: Buffer.from(picture.buffer, picture.byteOffset, picture.length),
        borders,
      };
    }
  }
}

async function sendAll(
  call: ClientWritableStream<PutCutoutsRequest>,
  cutouts: AsyncIterable<PutCutoutsRequest> | Iterable<PutCutoutsRequest>,
  over: AbortSignal,
): Promise<void> {
  const ended = new Promise<void>((resolve) => over.addEventListener('abort', () => resolve()));
  for await (const cutout of cutouts) {
    if (over.aborted) return;
    await sendMessage(call, cutout, ended);
  }
  call.end();
}
