import type {
  CutoutPicture,
  SegmentationServiceServer,
  SegmentPhotosRequest,
  SegmentPhotosResponse,
} from '@collage/proto/collage/v1/segmentation_service.js';
import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { pictureUnreadable } from './fake-failure.js';
import { serveStream, serveUnary } from './fake-handlers.js';
import type { FakeModels } from './fake-model.js';
import { colorShares } from './fake-vectors.js';

/** Share of the photo's width and height that the fake's one cut-out has. */
const cutoutShare = 0.7;

/** SegmentationService of the fake: cuts the ellipse in the middle out of every photo. */
export function fakeSegmentationService(models: FakeModels): SegmentationServiceServer {
  return {
    describeSegmenter: serveUnary(async () => ({ model: models.segmenter })),
    segmentPhotos: serveStream(async function* (requests) {
      for await (const request of requests) {
        yield { ...(await segmentPhoto(request)), modelDigest: models.segmenter.digest };
      }
    }),
  };
}

async function segmentPhoto({
  digest,
  picture,
}: SegmentPhotosRequest): Promise<Omit<SegmentPhotosResponse, 'modelDigest'>> {
  try {
    const cutouts = [await cutEllipse(digest, picture)];
    return { digest, outcome: { $case: 'cutouts', value: { cutouts } } };
  } catch (error) {
    const { message } = pictureUnreadable(error as Error);
    return { digest, outcome: { $case: 'error', value: { reason: 'PICTURE_UNREADABLE', message } } };
  }
}

/** Convention: straight alpha, hard edges. */
async function cutEllipse(photoDigest: string, picture: Buffer): Promise<CutoutPicture> {
  const { width: photoWidth, height: photoHeight } = await sharp(picture).metadata();
  const width = Math.max(1, Math.round(photoWidth * cutoutShare));
  const height = Math.max(1, Math.round(photoHeight * cutoutShare));
  const box = {
    left: Math.floor((photoWidth - width) / 2),
    top: Math.floor((photoHeight - height) / 2),
    width,
    height,
  };
  const pixels = await sharp(picture).toColorspace('srgb').removeAlpha().extract(box).raw().toBuffer();
  const { rgba, opaqueCount } = withEllipticAlpha(pixels, width, height);
  const png = await sharp(rgba, { raw: { width, height, channels: 4 } })
    .png()
    .toBuffer();
  const [color] = await colorShares(png);
  return {
    cutout: {
      digest: createHash('sha256').update(png).digest('hex'),
      photoDigest,
      width,
      height,
      box,
      areaFraction: opaqueCount / (photoWidth * photoHeight),
      maskScore: 1,
      labels: color ? [{ name: color.word, vocabulary: 'fake-colors', score: color.share }] : [],
      borders: { left: false, top: false, right: false, bottom: false },
      mayBeSeveral: true,
      ranking: undefined,
      smallerDigest: '',
      largerPhotoDigest: '',
    },
    png,
  };
}

function withEllipticAlpha(rgb: Buffer, width: number, height: number) {
  const rgba = Buffer.alloc(width * height * 4);
  let opaqueCount = 0;
  for (let pixel = 0; pixel < width * height; pixel++) {
    const x = ((pixel % width) + 0.5) / width - 0.5;
    const y = (Math.floor(pixel / width) + 0.5) / height - 0.5;
    const inside = x * x + y * y <= 0.25;
    rgb.copy(rgba, pixel * 4, pixel * 3, pixel * 3 + 3);
    rgba[pixel * 4 + 3] = inside ? 255 : 0;
    if (inside) opaqueCount += 1;
  }
  return { rgba, opaqueCount };
}
