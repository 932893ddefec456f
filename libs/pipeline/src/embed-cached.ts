import type { DerivedStore } from '@collage/blobs/derived-store.js';
import type { PhotoEmbedder } from '@collage/inference/inference.js';
import type { PhotoVector } from '@collage/inference/embedder.js';
import { mustBeOfModel, type ModelVector } from '@collage/inference/same-model.js';
import type { ModelIdentity } from '@collage/proto/collage/v1/model.js';
import { createHash } from 'node:crypto';
import { cacheKey } from './cache-key.js';
import { readPictures, type PictureToRead, type UnreadPicture } from './read-pictures.js';

/**
 * The perceptor behind an embedder, and the side in pixels of the square it sees.
 * @param expected the one that the run began with; another one is a `MODEL_CHANGED` error
 */
export async function describePerceptor(
  embedder: PhotoEmbedder,
  signal?: AbortSignal,
  expected?: ModelIdentity,
): Promise<{ model: ModelIdentity; inputSizePixels: number }> {
  const { model, inputSizePixels } = await embedder.describe(signal);
  if (expected) mustBeOfModel(expected, model?.digest, 'a description');
  return { model: model!, inputSizePixels };
}

/**
 * Encodes pictures, each once per model while that is kept: vectors are stored under (model digest, picture digest).
 * Answers come in any order, one for each picture.
 */
export async function* embedPictures(
  pictures: PictureToRead[],
  embedder: PhotoEmbedder,
  model: ModelIdentity,
  derived: DerivedStore,
  signal?: AbortSignal,
): AsyncGenerator<PhotoVector> {
  const missing: PictureToRead[] = [];
  for (const picture of pictures) {
    const stored = await derived.get('embedding', cacheKey(model), picture.digest);
    if (stored) yield { digest: picture.digest, vector: { model, values: fromBytes(stored) } };
    else missing.push(picture);
  }
  if (missing.length === 0) return;
  const unread: UnreadPicture[] = [];
  for await (const answer of embedder.encodePhotos(readPictures(missing, unread), model, signal)) {
    if (answer.vector) {
      await derived.put('embedding', cacheKey(model), answer.digest, toBytes(answer.vector.values));
    }
    yield answer;
  }
  yield* unread;
}

/** Encodes texts, each once per model while that is kept, in their order. */
export async function embedTexts(
  texts: string[],
  embedder: PhotoEmbedder,
  model: ModelIdentity,
  derived: DerivedStore,
  signal?: AbortSignal,
): Promise<ModelVector[]> {
  const digests = texts.map((text) => createHash('sha256').update(text).digest('hex'));
  const vectors = new Map<string, ModelVector>();
  const missing = new Map<string, string>();
  for (const [index, digest] of digests.entries()) {
    const stored = await derived.get('text', model.digest, digest);
    if (stored) vectors.set(digest, { model, values: fromBytes(stored) });
    else missing.set(digest, texts[index]!);
  }
  const encoded = missing.size > 0 ? await embedder.encodeTexts([...missing.values()], model, signal) : [];
  for (const [index, digest] of [...missing.keys()].entries()) {
    vectors.set(digest, encoded[index]!);
    await derived.put('text', model.digest, digest, toBytes(encoded[index]!.values));
  }
  return digests.map((digest) => vectors.get(digest)!);
}

function toBytes(vector: Float32Array): Buffer {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
}

function fromBytes(bytes: Buffer): Float32Array {
  // Copied: a Buffer from the pool need not be aligned to four bytes.
  return new Float32Array(Uint8Array.from(bytes).buffer);
}
