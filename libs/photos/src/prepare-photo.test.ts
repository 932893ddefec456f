import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { preparePhoto } from './prepare-photo.js';
import { colors, picture, pngBomb, redAndBlue } from './testing/pictures.js';

const size = { width: 400, height: 320 };

async function corner(bytes: Buffer): Promise<number[]> {
  const { data, info } = await sharp(bytes, { ignoreIcc: true }).raw().toBuffer({ resolveWithObject: true });
  return [...data.subarray(0, info.channels)];
}

describe('preparePhoto', () => {
  it.each(['jpeg', 'png', 'webp', 'avif'] as const)('makes a JPEG of a %s', async (format) => {
    const prepared = await preparePhoto(await colors(1, 400, 320).toFormat(format).toBuffer());
    expect(prepared).toMatchObject({ mediaType: 'image/jpeg', ...size });
    const { format: stored, channels, space } = await sharp(prepared.bytes).metadata();
    expect({ stored, channels, space }).toEqual({ stored: 'jpeg', channels: 3, space: 'srgb' });
  });

  it.each(['png', 'webp'] as const)('keeps the transparency of a %s, as PNG', async (format) => {
    const half = sharp({
      create: { ...size, channels: 4, background: { r: 200, g: 80, b: 60, alpha: 0.5 } },
    });
    const options = format === 'webp' ? { lossless: true, exact: true } : {};
    const prepared = await preparePhoto(await half.toFormat(format, options).toBuffer());
    expect(prepared).toMatchObject({ mediaType: 'image/png', ...size });
    expect(await corner(prepared.bytes)).toEqual([200, 80, 60, 128]);
  });

  it('turns a photo as its EXIF orientation says, and says its size as displayed', async () => {
    // Orientation 6: to be turned clockwise by 90 degrees, so that what is left, here red, comes on top.
    const lying = await redAndBlue(size).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const { bytes, width, height, orientation } = await preparePhoto(lying);
    expect([width, height, orientation]).toEqual([320, 400, 6]);
    expect((await preparePhoto(await picture(1))).orientation).toBe(1);
    const stored = await sharp(bytes).metadata();
    expect([stored.width, stored.height, stored.orientation]).toEqual([320, 400, undefined]);
    const [red, , blue] = await corner(bytes);
    expect(red).toBeGreaterThan(230);
    expect(blue).toBeLessThan(25);
  });

  it('leaves no metadata, and nothing that was hidden behind the picture', async () => {
    const exif = { IFD0: { Artist: 'at home' } };
    const honest = await colors(1, 400, 320).withExif(exif).withIccProfile('p3').jpeg().toBuffer();
    const { bytes } = await preparePhoto(Buffer.concat([honest, Buffer.from('<script>hidden</script>')]));
    const { exif: left, icc, xmp, iptc } = await sharp(bytes).metadata();
    expect([left, icc, xmp, iptc]).toEqual([undefined, undefined, undefined, undefined]);
    expect(bytes.includes('hidden')).toBe(false);
    expect(bytes.includes('at home')).toBe(false);
  });

  it('converts a wide-gamut photo by its color profile to sRGB', async () => {
    const srgb = { r: 200, g: 80, b: 60 };
    const wide = await sharp({ create: { ...size, channels: 3, background: srgb } })
      .withIccProfile('p3')
      .png()
      .toBuffer();
    expect((await corner(wide))[0]).toBeLessThan(195);
    const [red, green, blue] = await corner((await preparePhoto(wide)).bytes);
    expect(Math.abs(red! - 200)).toBeLessThanOrEqual(3);
    expect(Math.abs(green! - 80)).toBeLessThanOrEqual(3);
    expect(Math.abs(blue! - 60)).toBeLessThanOrEqual(3);
  });

  it('stays near what was received, and gives the same bytes each time', async () => {
    const bytes = await colors(4, 400, 320).png().toBuffer();
    const [once, again] = await Promise.all([preparePhoto(bytes), preparePhoto(bytes)]);
    expect(once!.bytes.equals(again!.bytes)).toBe(true);
    const pixels = (each: Buffer) => sharp(each).raw().toBuffer();
    const [before, after] = await Promise.all([pixels(bytes), pixels(once!.bytes)]);
    const worst = before!.reduce((most, value, at) => Math.max(most, Math.abs(value - after![at]!)), 0);
    expect(worst).toBeLessThanOrEqual(8);
  });

  it('refuses what readPhoto refuses', async () => {
    const bomb = pngBomb({ width: 30_000, height: 30_000 });
    await expect(preparePhoto(bomb)).rejects.toMatchObject({ reason: 'TOO_MANY_PIXELS' });
    const half = (await picture(1)).subarray(0, 2000);
    await expect(preparePhoto(half)).rejects.toMatchObject({ reason: 'DAMAGED' });
    await expect(preparePhoto(Buffer.from('text'))).rejects.toMatchObject({ reason: 'FORMAT_NOT_ALLOWED' });
  });
});
