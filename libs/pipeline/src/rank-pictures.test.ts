import { describe, expect, it } from 'vitest';
import { fakeModel } from '@collage/inference/testing/fake-model.js';
import type { ModelVector } from '@collage/inference/same-model.js';
import { rankPictures } from './rank-pictures.js';

const model = fakeModel('one');

/** A unit vector in the plane, at an angle in degrees. */
function at(degrees: number, of = model): ModelVector {
  const radians = (degrees * Math.PI) / 180;
  return { model: of, values: Float32Array.of(Math.cos(radians), Math.sin(radians)) };
}

describe('rankPictures', () => {
  it('gives cosines as they are and names the keyphrase a picture serves best', () => {
    const [first, second] = rankPictures([{ picture: at(10) }, { picture: at(80) }], at(45), [at(0), at(90)]);
    expect(first!.promptSimilarity).toBeCloseTo(Math.cos((35 * Math.PI) / 180), 5);
    expect(first!.keyphraseSimilarities[0]).toBeCloseTo(Math.cos((10 * Math.PI) / 180), 5);
    expect(first!.keyphraseIndex).toBe(0);
    expect(second!.keyphraseIndex).toBe(1);
  });

  it('lets the words of a source find what the perceptor cannot see', () => {
    const alike = { picture: at(45) };
    const [told, untold] = rankPictures(
      [
        { ...alike, words: at(0) },
        { ...alike, words: at(90) },
        { ...alike, words: at(80) },
      ],
      at(45),
      [at(0)],
    );
    expect(told!.score).toBeGreaterThan(untold!.score);
    expect(told!.textSimilarities[0]).toBeCloseTo(1, 5);
  });

  it('neither helps nor hurts a picture without words', () => {
    const pictures = [
      { picture: at(0), words: at(10) },
      { picture: at(0), words: at(50) },
      { picture: at(0) },
    ];
    const [near, far, silent] = rankPictures(pictures, at(0), [at(0)]);
    expect(silent!.score).toBeLessThan(near!.score);
    expect(silent!.score).toBeGreaterThan(far!.score);
    expect(silent!.textSimilarities).toEqual([]);
  });

  it('ranks a single picture without dividing by nothing', () => {
    const [only] = rankPictures([{ picture: at(0) }], at(0), [at(0)]);
    expect(only!.score).toBe(0);
  });

  it('carries the name and the digest of the model into every ranking', () => {
    const [only] = rankPictures([{ picture: at(0) }], at(0), [at(0)]);
    expect(only).toMatchObject({ modelName: 'one', modelDigest: model.digest });
  });

  it.each([
    ['a picture', () => rankPictures([{ picture: at(0, fakeModel('other')) }], at(0), [at(0)])],
    ['a keyphrase', () => rankPictures([{ picture: at(0) }], at(0), [at(0, fakeModel('other'))])],
    ['the words', () => rankPictures([{ picture: at(0), words: at(0, fakeModel('other')) }], at(0), [at(0)])],
  ])('refuses %s of another model, though the vectors look alike', (_, mixed) => {
    expect(mixed).toThrow(/Expected vectors of the model \w+ \(digest .*received some of another \(digest/);
  });

  it('refuses vectors of different widths', () => {
    const wide = { model, values: Float32Array.of(1, 0, 0) };
    expect(() => rankPictures([{ picture: wide }], at(0), [])).toThrow('vectors of one width');
  });
});
