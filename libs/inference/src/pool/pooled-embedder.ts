import type { DescribeModelResponse } from '@collage/proto/collage/v1/embedding_service.js';
import type { ModelIdentity } from '@collage/proto/collage/v1/model.js';
import type { PhotoPicture, PhotoVector } from '../embedder.js';
import type { PhotoEmbedder } from '../inference.js';
import type { ModelVector } from '../same-model.js';
import { Remainder } from './remainder.js';
import type { SidecarOfJob } from './sidecar-of-job.js';

/** An `Embedder` over several sidecars. */
export class PooledEmbedder implements PhotoEmbedder {
  constructor(private readonly sidecar: SidecarOfJob) {}

  describe(signal?: AbortSignal): Promise<DescribeModelResponse> {
    return this.sidecar.call(({ embedder }, either) => embedder.describe(either), signal);
  }

  encodeTexts(texts: readonly string[], model: ModelIdentity, signal?: AbortSignal): Promise<ModelVector[]> {
    return this.sidecar.call(({ embedder }, either) => embedder.encodeTexts(texts, model, either), signal);
  }

  /** Photos that were not answered by a sidecar that is lost are sent to the next one. */
  async *encodePhotos(
    photos: AsyncIterable<PhotoPicture> | Iterable<PhotoPicture>,
    model: ModelIdentity,
    signal?: AbortSignal,
  ): AsyncGenerator<PhotoVector, void> {
    const remainder = new Remainder(photos);
    try {
      for await (const answer of this.sidecar.stream(
        ({ embedder }, either) => embedder.encodePhotos(remainder.read(), model, either),
        signal,
      )) {
        remainder.answered(answer.digest);
        yield answer;
      }
    } finally {
      remainder.close();
    }
  }
}
