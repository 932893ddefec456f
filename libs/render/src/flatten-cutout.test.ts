import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { flattenCutout } from './flatten-cutout.js';

describe('flattenCutout', () => {
  it('centers the cut-out on a mid-grey square without squashing it', async () => {
    const wide = await sharp({ create: { width: 80, height: 20, channels: 4, background: '#ff0000' } })
      .png()
      .toBuffer();
    const { data, info } = await sharp(await flattenCutout(wide, 64))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, info.channels]).toEqual([64, 64, 3]);
    const pixel = (x: number, y: number) => [...data.subarray((y * 64 + x) * 3, (y * 64 + x) * 3 + 3)];
    expect(pixel(32, 32)).toEqual([255, 0, 0]);
    expect(pixel(32, 2)).toEqual([128, 128, 128]);
    expect(pixel(32, 61)).toEqual([128, 128, 128]);
  });
});
