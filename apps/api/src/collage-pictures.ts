import { Inject, Injectable } from '@nestjs/common';
import { BlobStore } from '@collage/blobs/blob-store.js';
import type { CollageRecord } from '@collage/collages/collage-record.js';
import { type PictureRequest, PictureRequests } from '@collage/collages/picture-requests.js';
import { canvasWidth } from '@collage/scene/conventions.js';
import { isEndState } from './end-states.js';
import { notMade } from './not-made.js';
import type { ImageQuery } from './output.queries.js';
import { ProblemError } from './problem.js';
import { RequestInvalid } from './request-invalid.js';

/** How long a request waits for a picture that is being drawn. */
const PATIENCE_MILLISECONDS = 60_000;
/** As options have it: a bound for memory. */
const MAX_WIDTH = 16_384;

/** Where the pictures of collages are: the one that was asked for, and those at other heights and in other formats. */
@Injectable()
export class CollagePictures {
  constructor(
    @Inject(PictureRequests) private readonly requests: PictureRequests,
    @Inject(BlobStore) private readonly blobs: BlobStore,
  ) {}

  /**
   * A picture in the blob store, drawn first where it is not there.
   * @throws ProblemError where the collage is not finished, the picture can't be drawn, or takes longer than a minute
   */
  async find(
    { id, collage, picture }: CollageRecord,
    { height, format }: ImageQuery,
  ): Promise<{ digest: string; mediaType: string }> {
    const mediaType = format === undefined ? picture?.mediaType : (`image/${format}` as const);
    // Between the picture and its credits it may not be given away.
    if (!picture || !collage.scene || !collage.license || !isEndState(collage.state)) {
      throw notMade(collage, 'picture');
    }
    if (mediaType === picture.mediaType && (height ?? picture.height) === picture.height) return picture;
    const request = {
      collageId: id,
      height: height ?? picture.height,
      mediaType: mediaType as PictureRequest['mediaType'],
    };
    const width = canvasWidth(collage.scene.aspectRatio, request.height);
    if (width < 1 || width > MAX_WIDTH) {
      throw new RequestInvalid('height', `a height at which it is 1 to ${MAX_WIDTH} pixels wide`, height);
    }
    return { digest: await this.draw(request), mediaType: request.mediaType };
  }

  private async draw(request: PictureRequest, isSecondTry = false): Promise<string> {
    const result = await this.requests.ask(request, AbortSignal.timeout(PATIENCE_MILLISECONDS));
    if (!result) {
      throw new ProblemError({
        status: 503,
        reason: 'BUSY',
        detail: 'The picture is not drawn yet. Ask again soon; it goes on meanwhile.',
        retryAfterSeconds: 5,
      });
    }
    if ('failure' in result) {
      throw new ProblemError({
        status: 422,
        reason: 'NOT_DRAWABLE',
        detail: `The picture cannot be drawn: ${result.failure}.`,
      });
    }
    // What was cleared away is drawn again.
    if (isSecondTry || (await this.blobs.has(result.digest))) return result.digest;
    await this.requests.forget(request);
    return this.draw(request, true);
  }
}
