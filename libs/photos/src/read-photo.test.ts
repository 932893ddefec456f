import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { MAX_PHOTO_BYTES, photoForModel, readPhoto } from './read-photo.js';
import { heic } from './testing/heic.js';
import { colors, picture, pngBomb, redAndBlue } from './testing/pictures.js';

const size = { width: 400, height: 320 };
const svg =
  '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400"><rect width="9" height="9"/></svg>';

/** Red, green and blue at a place of an encoded picture. */
async function pixel(bytes: Buffer, x: number, y: number): Promise<number[]> {
  const { data, info } = await sharp(bytes, { ignoreIcc: true }).raw().toBuffer({ resolveWithObject: true });
  const at = (y * info.width + x) * info.channels;
  return [...data.subarray(at, at + info.channels)];
}

async function animation(format: 'gif' | 'webp'): Promise<Buffer> {
  const frames = await Promise.all([1, 2, 3].map((seed) => colors(seed, 64, 64).png().toBuffer()));
  return sharp(frames, { join: { animated: true } })
    .toFormat(format)
    .toBuffer();
}

describe('readPhoto', () => {
  it.each(['jpeg', 'png', 'webp', 'avif'] as const)('reads media type and size of a %s', async (format) => {
    const bytes = await colors(1, 400, 320).toFormat(format).toBuffer();
    expect(await readPhoto(bytes)).toEqual({ mediaType: `image/${format}`, ...size });
  });

  it('gives the size after EXIF orientation', async () => {
    const bytes = await colors(1, 400, 320).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(await readPhoto(bytes)).toEqual({ mediaType: 'image/jpeg', width: 320, height: 400 });
  });

  it('reads a CMYK JPEG', async () => {
    const bytes = await colors(1, 400, 320).toColorspace('cmyk').jpeg().toBuffer();
    expect((await sharp(bytes).metadata()).space).toBe('cmyk');
    expect(await readPhoto(bytes)).toEqual({ mediaType: 'image/jpeg', ...size });
  });

  it('refuses an empty file', async () => {
    await expect(readPhoto(new Uint8Array())).rejects.toMatchObject({ reason: 'EMPTY_FILE' });
  });

  it('refuses a file of more than 64 MiB', async () => {
    const bytes = new Uint8Array(MAX_PHOTO_BYTES + 1);
    await expect(readPhoto(bytes)).rejects.toMatchObject({ reason: 'FILE_TOO_LARGE' });
  });

  it.each([
    ['an SVG', async () => Buffer.from(svg)],
    ['a GIF', () => colors(1, 400, 320).gif().toBuffer()],
    ['a TIFF', () => colors(1, 400, 320).tiff().toBuffer()],
    ['a text', async () => Buffer.from('not a photo')],
    ['an animated GIF', () => animation('gif')],
  ])('refuses %s whatever its name', async (_, make) => {
    await expect(readPhoto(await make())).rejects.toMatchObject({ reason: 'FORMAT_NOT_ALLOWED' });
  });

  it.skipIf(sharp.format.heif.input.fileSuffix?.includes('.heic'))(
    'says what to do about a HEIC photo (skipped where libvips decodes HEVC)',
    async () => {
      await expect(readPhoto(heic)).rejects.toMatchObject({
        reason: 'HEIC_NOT_SUPPORTED',
        message: expect.stringContaining('export it as JPEG'),
      });
    },
  );

  it('refuses an animated WebP', async () => {
    const problem = { reason: 'ANIMATED', message: 'Expected a still photo but received 3 frames' };
    await expect(readPhoto(await animation('webp'))).rejects.toMatchObject(problem);
  });

  it('refuses a PNG bomb by its header, at once', async () => {
    const bomb = pngBomb({ width: 30_000, height: 30_000 });
    expect(bomb.length).toBeLessThan(200);
    const start = performance.now();
    await expect(readPhoto(bomb)).rejects.toMatchObject({
      reason: 'TOO_MANY_PIXELS',
      message: 'Expected at most 50000000 pixels but received 30000 x 30000',
    });
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it('refuses a truncated JPEG', async () => {
    const bytes = await picture(1);
    const truncated = readPhoto(bytes.subarray(0, Math.floor(bytes.length / 2)));
    await expect(truncated).rejects.toMatchObject({ reason: 'DAMAGED' });
  });

  it('refuses a PNG whose pixels are damaged', async () => {
    const bytes = await colors(1, 400, 320).png().toBuffer();
    const middle = Math.floor(bytes.length / 2);
    bytes.fill(0x55, middle, middle + 2000);
    await expect(readPhoto(bytes)).rejects.toMatchObject({ reason: 'DAMAGED' });
  });
});

describe('photoForModel', () => {
  it('turns a photo as its EXIF orientation says', async () => {
    // Orientation 6: to be turned clockwise by 90 degrees, so that what is left comes on top.
    const lying = await redAndBlue(size).withMetadata({ orientation: 6 }).jpeg({ quality: 95 }).toBuffer();
    const standing = await photoForModel(lying, 400);
    const { width, height, orientation } = await sharp(standing).metadata();
    expect({ width, height, orientation }).toEqual({ width: 320, height: 400, orientation: undefined });
    const [top, bottom] = [await pixel(standing, 160, 50), await pixel(standing, 160, 350)];
    expect(top[0]).toBeGreaterThan(200);
    expect(top[2]).toBeLessThan(60);
    expect(bottom[0]).toBeLessThan(60);
    expect(bottom[2]).toBeGreaterThan(200);
  });

  it('scales down to the longer side, and never up', async () => {
    const bytes = await picture(1);
    expect(await sharp(await photoForModel(bytes, 200)).metadata()).toMatchObject({
      width: 200,
      height: 160,
    });
    expect(await sharp(await photoForModel(bytes, 4000)).metadata()).toMatchObject(size);
  });

  it('converts a wide-gamut photo by its color profile to sRGB', async () => {
    const srgb = { r: 200, g: 80, b: 60 };
    const wide = await sharp({ create: { ...size, channels: 3, background: srgb } })
      .withIccProfile('p3')
      .png()
      .toBuffer();
    expect((await pixel(wide, 5, 5))[0]).toBeLessThan(195);
    const [red, green, blue] = await pixel(await photoForModel(wide, 400), 5, 5);
    expect(Math.abs(red! - 200)).toBeLessThanOrEqual(3);
    expect(Math.abs(green! - 80)).toBeLessThanOrEqual(3);
    expect(Math.abs(blue! - 60)).toBeLessThanOrEqual(3);
  });

  it('makes three channels of grey, CMYK, 16 bit and transparent photos', async () => {
    const photos = [
      await colors(1, 400, 320).greyscale().toColorspace('b-w').png().toBuffer(),
      await colors(1, 400, 320).toColorspace('cmyk').jpeg().toBuffer(),
      await colors(1, 400, 320).toColorspace('rgb16').png().toBuffer(),
      await colors(1, 400, 320).ensureAlpha(0.5).webp().toBuffer(),
    ];
    for (const photo of photos) {
      const metadata = await sharp(await photoForModel(photo, 400)).metadata();
      expect(metadata).toMatchObject({ ...size, space: 'srgb', channels: 3, depth: 'uchar', format: 'jpeg' });
    }
  });

  it('lays what is transparent on white', async () => {
    const clear = { create: { ...size, channels: 4 as const, background: { r: 0, g: 0, b: 0, alpha: 0 } } };
    expect(await pixel(await photoForModel(await sharp(clear).png().toBuffer(), 400), 9, 9)).toEqual([
      255, 255, 255,
    ]);
  });

  it('drops metadata', async () => {
    const exif = { IFD0: { Copyright: 'somebody', Artist: 'at home' } };
    const bytes = await colors(1, 400, 320).withExif(exif).withIccProfile('p3').jpeg().toBuffer();
    expect((await sharp(bytes).metadata()).exif).toBeDefined();
    const { exif: left, icc } = await sharp(await photoForModel(bytes, 400)).metadata();
    expect([left, icc]).toEqual([undefined, undefined]);
  });

  it('gives the same bytes each time', async () => {
    const bytes = await picture(3, { width: 900, height: 700 });
    const [once, again] = await Promise.all([photoForModel(bytes, 512), photoForModel(bytes, 512)]);
    expect(once!.equals(again!)).toBe(true);
  });

  it('refuses a bomb and a maxSide that is no size', async () => {
    const bomb = pngBomb({ width: 30_000, height: 30_000 });
    await expect(photoForModel(bomb, 512)).rejects.toMatchObject({ reason: 'TOO_MANY_PIXELS' });
    await expect(photoForModel(await picture(1), 0)).rejects.toThrow('for maxSide but received 0');
  });
});
