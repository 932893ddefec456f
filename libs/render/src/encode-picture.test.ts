import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { encodePicture } from './encode-picture.js';
import type { RawPicture } from './gradient.js';

const picture: RawPicture = { data: Buffer.alloc(64 * 48 * 3), width: 64, height: 48, channels: 3 };
picture.data.forEach((_, index) => (picture.data[index] = (index * 7) % 256));

describe('encodePicture', () => {
  it('keeps every pixel in PNG, without metadata', async () => {
    const png = await encodePicture(picture, 'png');
    const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width: 64, height: 48, channels: 3 });
    expect(data.equals(picture.data)).toBe(true);
    const { exif, icc, xmp } = await sharp(png).metadata();
    expect([exif, icc, xmp]).toEqual([undefined, undefined, undefined]);
  });

  it('writes JPEG with full color resolution', async () => {
    const { format, chromaSubsampling } = await sharp(await encodePicture(picture, 'jpeg')).metadata();
    expect([format, chromaSubsampling]).toEqual(['jpeg', '4:4:4']);
  });

  it.each(['png', 'jpeg'] as const)('gives the same bytes every time in %s', async (format) => {
    expect((await encodePicture(picture, format)).equals(await encodePicture(picture, format))).toBe(true);
  });
});
