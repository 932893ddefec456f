import { Keyphrase } from '@collage/proto/collage/v1/collage.js';
import { Photo } from '@collage/proto/collage/v1/photo.js';
import { describe, expect, it } from 'vitest';
import { keepBest } from './keep-best.js';

const keyphrases = ['penguin', 'mountain', 'snow'].map((text) =>
  Keyphrase.fromPartial({ text, weight: 1 / 3 }),
);

/** A photo that serves a keyphrase best; `similarities` to penguin, mountain and snow. */
function photo(sourceId: string, keyphraseIndex: number, keyphraseSimilarities: number[]): Photo {
  return Photo.fromPartial({ sourceId, ranking: { keyphraseIndex, keyphraseSimilarities } });
}
const names = (photos: Photo[]) => photos.map(({ sourceId }) => sourceId);

describe('keepBest', () => {
  const penguins = [1, 2, 3, 4, 5].map((index) => photo(`penguin ${index}`, 0, [0.9, 0.1, 0.2]));
  const ranked = [
    ...penguins,
    photo('mountain', 1, [0.1, 0.8, 0.3]),
    photo('other mountain', 1, [0.1, 0.8, 0.3]),
    photo('snowy mountain', 1, [0.1, 0.7, 0.6]),
  ];

  it('keeps the best of each keyphrase, though all of another rank higher, and then the best', () => {
    const { kept, over } = keepBest(ranked, keyphrases, 4);
    expect(names(kept)).toEqual(['penguin 1', 'penguin 2', 'mountain', 'snowy mountain']);
    expect(names(over)).toEqual(['penguin 3', 'penguin 4', 'penguin 5', 'other mountain']);
  });

  it('keeps to the count where there are more keyphrases than photos wanted', () => {
    expect(names(keepBest(ranked, keyphrases, 2).kept)).toEqual(['penguin 1', 'mountain']);
  });

  it('keeps all where there is room, and the best where there is no keyphrase', () => {
    expect(keepBest(ranked, keyphrases, 8)).toEqual({ kept: ranked, over: [] });
    expect(names(keepBest(ranked, [], 2).kept)).toEqual(['penguin 1', 'penguin 2']);
  });
});
