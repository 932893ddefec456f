import { describe, expect, it } from 'vitest';
import { BackgroundMode, Quality } from '@collage/proto/collage/v1/collage.js';
import { OptionInvalidError, resolveOptions } from './resolve-options.js';

describe('resolveOptions', () => {
  it("means the article's numbers where nothing is asked", () => {
    expect(resolveOptions({})).toMatchObject({
      quality: Quality.NORMAL,
      layoutCount: 100,
      backgroundIterationCount: 50,
      iterationCount: 100,
      patienceStepCount: 20,
      timeBudgetSeconds: 0,
      photoCount: 100,
      heightPixels: 1024,
      backgroundMode: BackgroundMode.FITTED,
    });
  });

  it('lets a single option override the quality', () => {
    expect(resolveOptions({ quality: Quality.DRAFT, layoutCount: 3 })).toMatchObject({
      layoutCount: 3,
      iterationCount: 25,
    });
  });

  it('lets a time budget do as much as fits into it, up to the counts that are given', () => {
    expect(resolveOptions({ timeBudgetSeconds: 20, iterationCount: 50 })).toMatchObject({
      timeBudgetSeconds: 20,
      layoutCount: 2000,
      backgroundIterationCount: 400,
      iterationCount: 50,
      viewCount: 4,
    });
  });

  it('gives texts without a weight the weight 1', () => {
    const texts = [{ text: 'text', weight: 0 }];
    expect(resolveOptions({ keyphrases: texts, negatives: texts })).toMatchObject({
      keyphrases: [{ text: 'text', weight: 1 }],
      negatives: [{ text: 'text', weight: 1 }],
    });
  });

  it('refuses a fixed background that is no gradient', () => {
    const stops = [{ offset: 2, color: { red: 1, green: 1, blue: 1 } }];
    const background = { angleDegrees: 0, stops };
    expect(() => resolveOptions({ backgroundMode: BackgroundMode.FIXED, background })).toThrow(
      'background.stops[0].offset',
    );
  });

  it('resolves what it resolved to itself', () => {
    const once = resolveOptions({ quality: Quality.HIGH, seed: 4 });
    expect(resolveOptions(once)).toEqual(once);
  });

  it.each([
    ['seed', { seed: -1 }],
    ['seed', { seed: 1.5 }],
    ['heightPixels', { heightPixels: 5000 }],
    ['aspectRatio', { aspectRatio: 11 }],
    ['width in pixels', { aspectRatio: 10, heightPixels: 4096 }],
    ['layoutCount', { layoutCount: 10_001 }],
    ['cutoutCount', { cutoutCount: 301 }],
    ['photoCount', { photoCount: 1001 }],
    ['viewCount', { viewCount: 65 }],
    ['patienceStepCount', { patienceStepCount: -2 }],
    ['timeBudgetSeconds', { timeBudgetSeconds: 0.5 }],
    ['timeBudgetSeconds', { timeBudgetSeconds: -1 }],
    ['timeBudgetSeconds', { timeBudgetSeconds: 86_401 }],
    ['timeBudgetSeconds', { timeBudgetSeconds: NaN }],
    ['background', { backgroundMode: BackgroundMode.FIXED }],
    ['negatives[0]', { negatives: [{ text: ' ', weight: 1 }] }],
    ['negatives[0].weight', { negatives: [{ text: 'text', weight: -1 }] }],
    ['keyphrases[0].weight', { keyphrases: [{ text: 'text', weight: Infinity }] }],
  ])('refuses a wrong %s by name', (field, options) => {
    expect(() => resolveOptions(options)).toThrow(OptionInvalidError);
    expect(() => resolveOptions(options)).toThrow(field);
  });
});
