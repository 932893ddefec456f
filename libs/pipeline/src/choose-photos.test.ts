import { Keyphrase } from '@collage/proto/collage/v1/collage.js';
import { Photo } from '@collage/proto/collage/v1/photo.js';
import { describe, expect, it } from 'vitest';
import { choosePhotos } from './choose-photos.js';

const keyphrases = ['penguin', 'mountain', 'snow'].map((text) =>
  Keyphrase.fromPartial({ text, weight: 1 / 3 }),
);

/** A photo that serves a keyphrase best, ranked by its score; `similarities` to penguin, mountain and snow. */
function photo(sourceId: string, keyphraseIndex: number, score: number, similarities: number[]): Photo {
  const ranking = { keyphraseIndex, score, keyphraseSimilarities: similarities };
  return Photo.fromPartial({ sourceId, digest: sourceId, ranking });
}
const names = (photos: Photo[]) => photos.map(({ sourceId }) => sourceId);

describe('choosePhotos', () => {
  const penguins = Array.from({ length: 30 }, (_, index) =>
    photo(`penguin ${index}`, 0, 5 - index / 10, [0.9, 0.1, 0.2]),
  );
  const mountains = [
    photo('mountain', 1, 1, [0.1, 0.8, 0.3]),
    photo('snowy mountain', 1, 0.5, [0.1, 0.7, 0.6]),
    photo('green mountain', 1, 0.4, [0.1, 0.7, 0.1]),
  ];

  it('has each keyphrase represented, however well the photos of another rank', () => {
    const chosen = names(choosePhotos([...penguins, ...mountains], keyphrases, 6));
    expect(chosen).toEqual(expect.arrayContaining(['penguin 0', 'penguin 1', 'mountain', 'snowy mountain']));
  });

  it('gives a keyphrase that no photo serves best the one that fits it most', () => {
    const chosen = names(choosePhotos([...penguins, ...mountains.toReversed()], keyphrases.slice(), 3));
    expect(chosen).toHaveLength(3);
    expect(chosen).toContain('snowy mountain');
  });

  it('keeps the order and the count', () => {
    const chosen = names(choosePhotos([...penguins, ...mountains], keyphrases, 10));
    expect(chosen).toHaveLength(10);
    expect(chosen).toEqual(names([...penguins, ...mountains]).filter((name) => chosen.includes(name)));
  });
});
