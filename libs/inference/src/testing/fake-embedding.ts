import type { ModelIdentity } from '@collage/proto/collage/v1/model.js';
import type {
  EmbeddingServiceServer,
  EncodePhotosRequest,
  EncodePhotosResponse,
} from '@collage/proto/collage/v1/embedding_service.js';
import { createHash } from 'node:crypto';
import { invalidArgument } from './fake-failure.js';
import { fakeDimensionCount, fakePhotoVector, fakeTextVector } from './fake-vectors.js';
import { serveStream, serveUnary } from './fake-handlers.js';

/** A model that was never trained, named so that nobody takes it for another. */
export function fakeModel(name: string): ModelIdentity {
  const digest = createHash('sha256').update(`${name} 1`).digest('hex');
  return { name, revision: '1', digest, weightsAreRandom: true, license: 'CC0-1.0' };
}

/** The fake perceptor: see `fake-vectors.ts`. */
export const fakePerceptor = fakeModel('fake-perceptor');

const maxTexts = 256;
const maxCharacters = 1000;

/** EmbeddingService of the fake. */
export function fakeEmbeddingService(): EmbeddingServiceServer {
  return {
    describeModel: serveUnary(async () => ({
      model: fakePerceptor,
      dimensionCount: fakeDimensionCount,
      inputSizePixels: 16,
    })),
    encodeTexts: serveUnary(async ({ texts }) => {
      if (texts.length < 1 || texts.length > maxTexts) {
        throw invalidArgument(`Expected 1 to ${maxTexts} texts but received ${texts.length}`);
      }
      texts.forEach((text, index) => checkText(text, `texts[${index}]`));
      const embeddings = texts.map((text) => ({ values: [...fakeTextVector(text)] }));
      return { embeddings, model: fakePerceptor };
    }),
    encodePhotos: serveStream(async function* (requests) {
      for await (const request of requests) yield await encodePhoto(request);
    }),
  };
}

/** Refuses a text that is empty or too long. */
export function checkText(text: string, field: string): void {
  if (text.trim() !== '' && text.length <= maxCharacters) return;
  const received = text.trim() === '' ? 'an empty one' : `${text.length}`;
  throw invalidArgument(`Expected 1 to ${maxCharacters} characters for ${field} but received ${received}`);
}

async function encodePhoto({ digest, picture }: EncodePhotosRequest): Promise<EncodePhotosResponse> {
  try {
    const values = [...(await fakePhotoVector(picture))];
    return { digest, outcome: { $case: 'embedding', value: { values } } };
  } catch (error) {
    const message = `Expected JPEG, PNG or WebP for picture but received something else (${(error as Error).message})`;
    return { digest, outcome: { $case: 'error', value: { reason: 'PICTURE_UNREADABLE', message } } };
  }
}
