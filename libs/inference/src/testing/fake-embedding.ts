import type {
  EmbeddingServiceServer,
  EncodePhotosRequest,
  EncodePhotosResponse,
} from '@collage/proto/collage/v1/embedding_service.js';
import type { FakeEncodeQueue } from './fake-encode-queue.js';
import { pictureUnreadable } from './fake-failure.js';
import { fakeDimensionCount, fakePhotoVector, fakeTextVector } from './fake-vectors.js';
import { serveStream, serveUnary } from './fake-handlers.js';
import type { FakeModels } from './fake-model.js';
import { checkRange, checkText } from './fake-requests.js';

const maxTexts = 256;
const textsInvalid = 'TEXTS_INVALID';

/** EmbeddingService of the fake. */
export function fakeEmbeddingService(models: FakeModels, queue: FakeEncodeQueue): EmbeddingServiceServer {
  return {
    describeModel: serveUnary(async () => ({
      model: models.perceptor,
      dimensionCount: fakeDimensionCount,
      inputSizePixels: 16,
    })),
    encodeTexts: serveUnary(async ({ texts }) => {
      checkRange('texts', texts.length, 1, maxTexts, textsInvalid);
      texts.forEach((text, index) => checkText(`texts[${index}]`, text, textsInvalid));
      const embeddings = texts.map((text) => ({ values: [...fakeTextVector(text)] }));
      return { embeddings, model: models.perceptor };
    }),
    encodePhotos: serveStream(async function* (requests) {
      const leave = queue.enter();
      try {
        for await (const request of requests) {
          yield { ...(await encodePhoto(request)), modelDigest: models.perceptor.digest };
        }
      } finally {
        leave();
      }
    }),
  };
}

async function encodePhoto({
  digest,
  picture,
}: EncodePhotosRequest): Promise<Omit<EncodePhotosResponse, 'modelDigest'>> {
  try {
    const values = [...(await fakePhotoVector(picture))];
    return { digest, outcome: { $case: 'embedding', value: { values } } };
  } catch (error) {
    const { message } = pictureUnreadable(error as Error);
    return { digest, outcome: { $case: 'error', value: { reason: 'PICTURE_UNREADABLE', message } } };
  }
}
