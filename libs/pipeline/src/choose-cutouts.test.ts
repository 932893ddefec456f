import { describe, expect, it } from 'vitest';
import { fakeModel } from '@collage/inference/testing/fake-model.js';
import { Keyphrase } from '@collage/proto/collage/v1/collage.js';
import { Borders, Credit, Cutout, Photo, Ranking } from '@collage/proto/collage/v1/photo.js';
import { chooseCutouts, type CutoutCandidate } from './choose-cutouts.js';

const model = fakeModel('one');
const phrases = [
  Keyphrase.create({ text: 'cat', weight: 0.5 }),
  Keyphrase.create({ text: 'rocket', weight: 0.5 }),
];

interface Wish {
  name: string;
  score: number;
  phrase?: number;
  photo?: string;
  author?: string;
  vector?: number[];
  ground?: boolean;
}
function candidate({
  name,
  score,
  phrase = 0,
  photo = name,
  author = name,
  vector,
  ground,
}: Wish): CutoutCandidate {
  return {
    cutout: Cutout.create({
      digest: name,
      photoDigest: photo,
      width: 800,
      height: 400,
      borders: Borders.create({ left: ground, right: ground, bottom: ground }),
      ranking: Ranking.create({ score, keyphraseIndex: phrase }),
    }),
    photo: Photo.create({ digest: photo, credit: Credit.create({ author }) }),
    // Unlike all others unless given.
    vector: { model, values: Float32Array.from(vector ?? [0, 0, 0]) },
  };
}
const chosenNames = (wishes: Wish[], count: number) =>
  chooseCutouts(wishes.map(candidate), phrases, count).map(({ cutout }) => cutout.digest);

describe('chooseCutouts', () => {
  it('gives every keyphrase its share even where another scores better throughout', () => {
    const cats = [5, 4, 3].map((score) => ({ name: `cat${score}`, score }));
    const rockets = [2, 1].map((score) => ({ name: `rocket${score}`, score, phrase: 1 }));
    expect(chosenNames([...cats, ...rockets], 4)).toEqual(['cat5', 'cat4', 'rocket2', 'rocket1']);
  });

  it('fills the places a keyphrase cannot fill with the best of the rest', () => {
    const cats = [5, 4, 3].map((score) => ({ name: `cat${score}`, score }));
    expect(chosenNames(cats, 3)).toEqual(['cat5', 'cat4', 'cat3']);
  });

  it('prefers variety to one more of the same', () => {
    const twins = [
      { name: 'first', score: 3, vector: [1, 0, 0] },
      { name: 'its twin', score: 2.9, vector: [1, 0, 0] },
      { name: 'another', score: 2, vector: [0, 1, 0] },
    ];
    expect(chosenNames(twins, 2)).toEqual(['first', 'another']);
  });

  it('takes one cut-out of a photo while other photos are left', () => {
    const wishes = [
      { name: 'a', score: 3, photo: 'p' },
      { name: 'b', score: 2, photo: 'p' },
      { name: 'c', score: 1 },
    ];
    expect(chosenNames(wishes, 2)).toEqual(['a', 'c']);
    expect(chosenNames(wishes, 3)).toEqual(['a', 'b', 'c']);
  });

  it('takes at most two grounds, which would hide each other', () => {
    const grounds = [1, 2, 3, 4].map((score) => ({ name: `ground${score}`, score, ground: true }));
    expect(chosenNames([...grounds, { name: 'cat', score: 0 }], 5)).toEqual(['ground4', 'ground3', 'cat']);
  });

  it('gives what there is when there is too little', () => {
    expect(chosenNames([{ name: 'only', score: 1 }], 10)).toEqual(['only']);
  });
});
