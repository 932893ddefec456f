import type { ModelIdentity } from '@collage/proto/collage/v1/model.js';
import type { DescribeSegmenterResponse } from '@collage/proto/collage/v1/segmentation_service.js';
import type { PhotoPicture } from '../embedder.js';
import type { PhotoSegmenter } from '../inference.js';
import type { PhotoCutouts } from '../segmenter.js';
import { Remainder } from './remainder.js';
import type { SidecarOfJob } from './sidecar-of-job.js';

/** A `Segmenter` over several sidecars. */
export class PooledSegmenter implements PhotoSegmenter {
  constructor(private readonly sidecar: SidecarOfJob) {}

  describe(signal?: AbortSignal): Promise<DescribeSegmenterResponse> {
    return this.sidecar.call(({ segmenter }, either) => segmenter.describe(either), signal);
  }

  /** Photos that were not answered by a sidecar that is lost are sent to the next one. */
  async *segmentPhotos(
    photos: AsyncIterable<PhotoPicture> | Iterable<PhotoPicture>,
    model: ModelIdentity,
    signal?: AbortSignal,
  ): AsyncGenerator<PhotoCutouts, void> {
    const remainder = new Remainder(photos);
    try {
      for await (const answer of this.sidecar.stream(
        ({ segmenter }, either) => segmenter.segmentPhotos(remainder.read(), model, either),
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
