import type {
  DescribeModelResponse,
  EncodePhotosResponse,
  EncodeTextsRequest,
  EncodeTextsResponse,
  ItemError,
} from '@collage/proto/collage/v1/embedding_service.js';
import type { ModelIdentity } from '@collage/proto/collage/v1/model.js';
import { Metadata } from '@grpc/grpc-js';
import { answersByDigest } from './answers-by-digest.js';
import type { InferenceConnection } from './connection.js';
import { InferenceError } from './inference-error.js';
import { defaultRetryTerms, QueueFullRetry, type RetryTerms } from './queue-full-retry.js';
import { mustBeOfModel, type ModelVector } from './same-model.js';
import { UnansweredSource } from './unanswered-source.js';

/** A photo's encoded bytes under its name. */
export interface PhotoPicture {
  /** SHA-256 of the photo; names the answer. */
  digest: string;
  /** JPEG, PNG or WebP, EXIF orientation applied. */
  picture: Buffer;
}

/** The vector of one photo, or why it has none. */
export type PhotoVector =
  | { digest: string; vector: ModelVector; error?: undefined }
  | { digest: string; vector?: undefined; error: ItemError };

/** The server takes this many texts a call. */
const textsPerCall = 256;

/** Enough to fill the server's batches while the next photos are read. */
const unansweredPhotoLimit = 16;

/**
 * Texts and photos as vectors of one space, all of length 1: their dot product is their cosine. Each call names the
 * model whose vectors it wants, as `describe` gave it; an answer of another one is a `MODEL_CHANGED` error. What a full
 * queue refused is asked again by the `retry` terms, and only then is `ENCODE_QUEUE_FULL` thrown.
 */
export class Embedder {
  constructor(
    private readonly connection: InferenceConnection,
    private readonly retry: RetryTerms = defaultRetryTerms,
  ) {}

  /** Which perceptor answers, the width of its vectors and the picture size it wants. */
  describe(signal?: AbortSignal): Promise<DescribeModelResponse> {
    return this.connection.unary(
      (options, done) => this.connection.embedding.describeModel({}, new Metadata(), options, done),
      signal,
    );
  }

  /** Vectors of any number of texts, in their order; each 1 to 1,000 characters long. */
  async encodeTexts(
    texts: readonly string[],
    model: ModelIdentity,
    signal?: AbortSignal,
  ): Promise<ModelVector[]> {
    const vectors: ModelVector[] = [];
    for (let start = 0; start < texts.length; start += textsPerCall) {
      const request = { texts: texts.slice(start, start + textsPerCall) };
      const answer = await this.#encodeTexts(request, signal);
      mustBeOfModel(model, answer.model?.digest, 'vectors of texts');
      vectors.push(...answer.embeddings.map(({ values }) => ({ model, values: Float32Array.from(values) })));
    }
    return vectors;
  }

  /** Vectors of photos in any order, exactly one answer a digest; photos are read only as answers are taken. */
  async *encodePhotos(
    photos: AsyncIterable<PhotoPicture> | Iterable<PhotoPicture>,
    model: ModelIdentity,
    signal?: AbortSignal,
  ): AsyncGenerator<PhotoVector, void> {
    const source = new UnansweredSource(photos);
    const retry = new QueueFullRetry(this.retry);
    try {
      for (let isDone = false; !isDone;) {
        try {
          for await (const answer of this.#answers(source.requests(), signal)) {
            retry.answered();
            source.answered(answer.digest);
            yield vectorOf(answer, model);
          }
          isDone = true;
        } catch (error) {
          await this.#wait(retry, error, signal);
        }
      }
    } finally {
      source.close();
    }
  }

  async #encodeTexts(request: EncodeTextsRequest, signal?: AbortSignal): Promise<EncodeTextsResponse> {
    const retry = new QueueFullRetry(this.retry);
    for (;;) {
      try {
        return await this.connection.unary<EncodeTextsResponse>(
          (options, done) => this.connection.embedding.encodeTexts(request, new Metadata(), options, done),
          signal,
        );
      } catch (error) {
        await this.#wait(retry, error, signal);
      }
    }
  }

  #answers(
    requests: AsyncIterable<PhotoPicture>,
    signal?: AbortSignal,
  ): AsyncGenerator<EncodePhotosResponse> {
    const open = () => this.connection.embedding.encodePhotos();
    return answersByDigest(this.connection, open, requests, unansweredPhotoLimit, signal);
  }

  async #wait(retry: QueueFullRetry, error: unknown, signal?: AbortSignal): Promise<void> {
    try {
      await retry.wait(error, signal);
    } catch (final) {
      throw await this.connection.errorFrom(final, signal);
    }
  }
}

function vectorOf(answer: EncodePhotosResponse, model: ModelIdentity): PhotoVector {
  const { digest, modelDigest, outcome } = answer;
  mustBeOfModel(model, modelDigest, 'vectors of photos');
  if (outcome?.$case === 'embedding') {
    return { digest, vector: { model, values: Float32Array.from(outcome.value.values) } };
  }
  if (outcome?.$case === 'error') return { digest, error: outcome.value };
  throw new InferenceError('ANSWER_EMPTY', `The sidecar said nothing about "${digest}".`, 'INTERNAL');
}
