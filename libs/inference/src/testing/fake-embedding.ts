import type { ModelIdentity } from '@collage/proto/collage/v1/model.js';
import type {
  EmbeddingServiceServer,
  EncodePhotosRequest,
  EncodePhotosResponse,
} from '@collage/proto/collage/v1/embedding_service.js';
import { createHash } from 'node:crypto';
import { pictureUnreadable } from './fake-failure.js';
import { fakeDimensionCount, fakePhotoVector, fakeTextVector } from './fake-vectors.js';
import { serveStream, serveUnary } from './fake-handlers.js';
import { checkRange, checkText } from './fake-requests.js';

/** A model that was never trained, named so that nobody takes it for another. */
export function fakeModel(name: string): ModelIdentity {
  const digest = createHash('sha256').update(`${name} 1`).digest('hex');
  return { name, revision: '1', digest, weightsAreRandom: true, license: 'CC0-1.0' };
}

/** The fake perceptor: see `fake-vectors.ts`. */
export const fakePerceptor = fakeModel('fake-perceptor');

const maxTexts = 256;
const textsInvalid = 'TEXTS_INVALID';

/** EmbeddingService of the fake. */
export function fakeEmbeddingService(): EmbeddingServiceServer {
  return {
    describeModel: serveUnary(async () => ({
      model: fakePerceptor,
      dimensionCount: fakeDimensionCount,
      inputSizePixels: 16,
    })),
    encodeTexts: serveUnary(async ({ texts }) => {
      checkRange('texts', texts.length, 1, maxTexts, textsInvalid);
      texts.forEach((text, index) => checkText(`texts[${index}]`, text, textsInvalid));
      const embeddings = texts.map((text) => ({ values: [...fakeTextVector(text)] }));
      return { embeddings, model: fakePerceptor };
    }),
    encodePhotos: serveStream(async function* (requests) {
      for await (const request of requests) yield await encodePhoto(request);
    }),
  };
}

async function encodePhoto({ digest, picture }: EncodePhotosRequest): Promise<EncodePhotosResponse> {
  try {
    const values = [...(await fakePhotoVector(picture))];
    return { digest, outcome: { $case: 'embedding', value: { values } } };
  } catch (error) {
    const { message } = pictureUnreadable(error as Error);
    return { digest, outcome: { $case: 'error', value: { reason: 'PICTURE_UNREADABLE', message } } };
  }
}
