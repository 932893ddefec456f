import { Collage } from '@collage/proto/collage/v1/collage.js';
import { describe, expect, it } from 'vitest';
import { describeModels } from './describe-models.js';

describe('describeModels', () => {
  it('names every model that had a part, with what it is', () => {
    const collage = Collage.fromPartial({
      models: {
        perceptor: { name: 'clip', revision: 'openai/clip-vit-base-patch32' },
        segmenter: { name: 'u2netp', revision: '1' },
      },
      evaluation: { heldOutPerceptor: { name: 'starter', revision: 'lite1' } },
    });
    expect(describeModels(collage)).toBe(
      'seen by clip (openai/clip-vit-base-patch32), cut by u2netp (1), judged by starter (lite1)',
    );
  });

  it('says plainly where weights are random', () => {
    const perceptor = { name: 'clip', revision: 'ViT-B-32', weightsAreRandom: true };
    expect(describeModels(Collage.fromPartial({ models: { perceptor } }))).toBe(
      'seen by clip (ViT-B-32, random weights)',
    );
  });

  it('is empty where no model had a part', () => {
    expect(describeModels(Collage.create())).toBe('');
  });
});
