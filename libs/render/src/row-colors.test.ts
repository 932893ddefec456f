import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { rowColors } from './row-colors.js';

describe('rowColors', () => {
  it('gives the mean color of each band from top to bottom', async () => {
    const pixels = Buffer.alloc(40 * 40 * 3);
    for (let y = 0; y < 40; y++)
      for (let x = 0; x < 40; x++) pixels[(y * 40 + x) * 3 + (y < 20 ? 0 : 2)] = 255;
    const photo = await sharp(pixels, { raw: { width: 40, height: 40, channels: 3 } })
      .png()
      .toBuffer();
    const [top, bottom] = await rowColors(photo, 2);
    expect(top!.red).toBeGreaterThan(0.95);
    expect(top!.blue).toBeLessThan(0.05);
    expect(bottom!.blue).toBeGreaterThan(0.95);
    expect(bottom!.red).toBeLessThan(0.05);
  });

  it('reads a photo as it is meant to be seen', async () => {
    const pixels = Buffer.alloc(40 * 20 * 3);
    for (let y = 0; y < 20; y++) for (let x = 0; x < 20; x++) pixels[(y * 40 + x) * 3] = 255;
    // Left half red; orientation 6 turns it a quarter clockwise: the left side comes to the top.
    const photo = await sharp(pixels, { raw: { width: 40, height: 20, channels: 3 } })
      .withMetadata({ orientation: 6 })
      .png()
      .toBuffer();
    const [top, bottom] = await rowColors(photo, 2);
    expect(top!.red).toBeGreaterThan(0.95);
    expect(bottom!.red).toBeLessThan(0.05);
  });
});
