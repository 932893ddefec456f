import { describe, expect, it } from 'vitest';
import { thumbnailWidth } from './thumbnail-widths.js';

describe('thumbnailWidth', () => {
  it.each([
    ['a photo', { width: 3000, height: 2000 }, 960],
    ['an upright photo', { width: 2000, height: 3000 }, 960],
    ['a photo of 15:8, the longest that does', { width: 3000, height: 1600 }, 960],
    ['a longer one', { width: 3000, height: 1590 }, 1280],
    ['a panorama', { width: 6000, height: 1700 }, 1920],
    ['a long panorama', { width: 12000, height: 1700 }, 3840],
    ['one too long for any', { width: 30000, height: 1700 }, 3840],
    ['a long one no wider than the steps', { width: 1500, height: 590 }, 1920],
    ['a small one', { width: 600, height: 520 }, 960],
  ])('of %s', (_, original, width) => {
    expect(thumbnailWidth(original, 960, 512)).toBe(width);
  });

  it('is not below what was asked for', () => {
    expect(thumbnailWidth({ width: 3000, height: 2000 }, 1280, 512)).toBe(1280);
  });
});
