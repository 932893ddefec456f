import { describe, expect, it } from 'vitest';
import { rankPictures } from './rank-pictures.js';

/** A unit vector in the plane, at an angle in degrees. */
function at(degrees: number): Float32Array {
  return Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180));
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

  it('refuses vectors of different models', () => {
    expect(() => rankPictures([{ picture: Float32Array.of(1, 0, 0) }], at(0), [])).toThrow('one model');
  });
});
