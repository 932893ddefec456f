import type { ItemError } from '@collage/proto/collage/v1/embedding_service.js';
import type { ModelIdentity } from '@collage/proto/collage/v1/model.js';
import type {
  CutoutPicture,
  DescribeSegmenterResponse,
} from '@collage/proto/collage/v1/segmentation_service.js';
import { Metadata } from '@grpc/grpc-js';
import { answersByDigest } from './answers-by-digest.js';
import type { InferenceConnection } from './connection.js';
import type { PhotoPicture } from './embedder.js';
import { InferenceError } from './inference-error.js';
import { mustBeOfModel } from './same-model.js';

/** The cut-outs of one photo, best first and maybe none, or why it could not be cut. */
export type PhotoCutouts =
  | { digest: string; cutouts: CutoutPicture[]; error?: undefined }
  | { digest: string; cutouts?: undefined; error: ItemError };

/** Photos come at full size here, up to 32 MiB each: few are under way at once. */
const unansweredPhotoLimit = 4;

/** Cuts the things out of photos. */
export class Segmenter {
  constructor(private readonly connection: InferenceConnection) {}

  /** Which segmenter answers. */
  describe(signal?: AbortSignal): Promise<DescribeSegmenterResponse> {
    return this.connection.unary(
      (options, done) => this.connection.segmentation.describeSegmenter({}, new Metadata(), options, done),
      signal,
    );
  }

  /**
   * Cut-outs of photos in any order, exactly one answer a digest; photos are read only as answers are taken.
   * @param model whose cut-outs are wanted, as `describe` gave it; another's are a `MODEL_CHANGED` error
   */
  async *segmentPhotos(
    photos: AsyncIterable<PhotoPicture> | Iterable<PhotoPicture>,
    model: ModelIdentity,
    signal?: AbortSignal,
  ): AsyncGenerator<PhotoCutouts, void> {
    const open = () => this.connection.segmentation.segmentPhotos();
    const answers = answersByDigest(this.connection, open, photos, unansweredPhotoLimit, signal);
    for await (const { digest, modelDigest, outcome } of answers) {
      mustBeOfModel(model, modelDigest, 'cut-outs');
      if (outcome?.$case === 'cutouts') yield { digest, cutouts: outcome.value.cutouts };
      else if (outcome?.$case === 'error') yield { digest, error: outcome.value };
      else
        throw new InferenceError('ANSWER_EMPTY', `The sidecar said nothing about "${digest}".`, 'INTERNAL');
    }
  }
}
