import type { DerivedStore } from '@collage/blobs/derived-store.js';
import type { PhotoEmbedder } from '@collage/inference/inference.js';
import type { ModelVector } from '@collage/inference/same-model.js';
import type { Collage } from '@collage/proto/collage/v1/collage.js';
import type { ModelIdentity } from '@collage/proto/collage/v1/model.js';
import type { Photo, Ranking } from '@collage/proto/collage/v1/photo.js';
import { embedTexts } from './embed-cached.js';
import { promptOf } from './objective.js';
import { rankPictures } from './rank-pictures.js';
import { wordsOf } from './words-of.js';

/** A picture that was encoded, and the photo it is or comes from. */
export interface SeenPicture {
  vector: ModelVector;
  photo: Photo;
}

/** Ranks photos or cut-outs against the prompt and its keyphrases, in the order given (see `rankPictures`). */
export async function rankSeen(
  pictures: SeenPicture[],
  collage: Pick<Collage, 'prompt' | 'keyphrases'>,
  embedder: PhotoEmbedder,
  model: ModelIdentity,
  derived: DerivedStore,
  signal?: AbortSignal,
): Promise<Ranking[]> {
  const phrases = collage.keyphrases.map(({ text }) => text);
  const words = pictures.map(({ photo }) => wordsOf(photo));
  const texts = [promptOf(collage), ...phrases, ...words];
  const [prompt, ...rest] = await embedTexts(texts, embedder, model, derived, signal);
  return rankPictures(
    pictures.map(({ vector }, index) => ({ picture: vector, words: rest[phrases.length + index] })),
    prompt!,
    rest.slice(0, phrases.length),
  );
}
