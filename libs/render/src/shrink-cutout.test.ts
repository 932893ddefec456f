import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { shrinkCutout } from './shrink-cutout.js';
import { cutoutPng } from './testing/draw-scene.js';

// Red on the left; what is transparent on the right hides a loud green.
const halfRed = await cutoutPng(200, 100, (x) => (x < 100 ? [255, 0, 0, 255] : [0, 255, 0, 0]));

describe('shrinkCutout', () => {
  it('fits the longest side and keeps the proportions', async () => {
    const { width, height, hasAlpha, format } = await sharp(await shrinkCutout(halfRed, 50)).metadata();
    expect([width, height, hasAlpha, format]).toEqual([50, 25, true, 'png']);
  });

  it('never enlarges', async () => {
    expect(await sharp(await shrinkCutout(halfRed, 1000)).metadata()).toMatchObject({
      width: 200,
      height: 100,
    });
  });

  it('keeps the color of hidden pixels out of the edge', async () => {
    const pixels = await sharp(await shrinkCutout(halfRed, 30))
      .raw()
      .toBuffer();
    for (let start = 0; start < pixels.length; start += 4) {
      if (pixels[start + 3]! > 0) expect(pixels[start + 1]).toBeLessThanOrEqual(2);
    }
  });

  it('says so when the bytes are no picture', async () => {
    await expect(shrinkCutout(Buffer.from('nothing'), 50)).rejects.toMatchObject({
      reason: 'CUTOUT_UNREADABLE',
    });
  });
});
