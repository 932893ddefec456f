import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { enlargeCutout } from './enlarge-cutout.js';
import { renderScene } from './render-scene.js';
import { cutoutPng, layerAt, loader, plainScene } from './testing/draw-scene.js';

const SCALE = 3;
const small = { width: 120, height: 80 };
const box = { left: 30, top: 20, width: 60, height: 50 };
/** A red ellipse in the middle of the box, its edge two small pixels soft. */
function alphaAt(x: number, y: number): number {
  const distance = Math.hypot((x - 60) / 24, (y - 45) / 20);
  return Math.min(1, Math.max(0, (1 - distance) * 12 + 0.5));
}
/** The photo at a scale: the ellipse has fine stripes of red, the ground is green. */
async function photo(scale: number, isStriped = scale > 1): Promise<Buffer> {
  const [width, height] = [small.width * scale, small.height * scale];
  const data = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const alpha = alphaAt((x + 0.5) / scale, (y + 0.5) / scale);
      const red = !isStriped ? 180 : x % 2 === 0 ? 140 : 220;
      data.set([alpha * red, (1 - alpha) * 200, 0].map(Math.round), (y * width + x) * 3);
    }
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}
const cutout = () =>
  cutoutPng(box.width, box.height, (x, y) => {
    const alpha = Math.round(255 * alphaAt(box.left + x + 0.5, box.top + y + 0.5));
    return [alpha > 0 ? 180 : 0, 0, 0, alpha];
  });
async function pixelsOf(png: Buffer) {
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  return {
    info,
    at: (x: number, y: number) => [...data.subarray((y * info.width + x) * 4, (y * info.width + x) * 4 + 4)],
  };
}

describe('enlargeCutout', () => {
  it('has the colors of the larger photo where it is opaque, and its box in it', async () => {
    const large = await photo(SCALE);
    const { png, box: place } = await enlargeCutout(await cutout(), box, small, large);
    expect(place).toEqual({ left: 90, top: 60, width: 180, height: 150 });
    const { info, at } = await pixelsOf(png);
    expect([info.width, info.height, info.channels]).toEqual([180, 150, 4]);
    // Opaque, and as striped as the photo.
    expect([at(90, 75), at(91, 75)]).toEqual([
      [140, 0, 0, 255],
      [220, 0, 0, 255],
    ]);
    expect(at(0, 0)[3]).toBe(0);
  });

  it('keeps the old background out of its soft edge', async () => {
    const { png } = await enlargeCutout(await cutout(), box, small, await photo(SCALE));
    const { info, at } = await pixelsOf(png);
    const greens: number[] = [];
    for (let y = 0; y < info.height; y++)
      for (let x = 0; x < info.width; x++) {
        const [red, green, , alpha] = at(x, y) as [number, number, number, number];
        if (alpha < 20 || alpha === 255) continue;
        greens.push(green);
        expect(red).toBeGreaterThan(120);
      }
    expect(greens.length).toBeGreaterThan(500);
    // Straight from the photo it would be up to 185 green.
    expect(Math.max(...greens)).toBeLessThan(4);
  });

  it('covers what it covered, where it covered it', async () => {
    const png = await cutout();
    const large = await enlargeCutout(png, box, small, await photo(SCALE, false));
    const draw = (digit: string) =>
      renderScene(plainScene(1.5, [layerAt(digit, 0.7, 0.5, 0.8, { placement: turned })]), 100, cutouts);
    const cutouts = loader({ a: png, b: large.png });
    const turned = { centerX: 0.7, centerY: 0.5, height: 0.8, rotationDegrees: 20 };
    const [before, after] = [await draw('a'), await draw('b')];
    const differences = [...before.data].map((value, index) => Math.abs(value - after.data[index]!));
    expect(differences.reduce((sum, value) => sum + value, 0) / differences.length).toBeLessThan(1);
    // A shift by half a pixel of the small one would make it 45 at the soft edge.
    expect(Math.max(...differences)).toBeLessThan(35);
  });

  it('rounds boxes to whole pixels that stay within the photo', async () => {
    const edge = { left: 33, top: 27, width: 87, height: 53 };
    const large = await sharp({ create: { width: 401, height: 267, channels: 3, background: '#f00' } })
      .png()
      .toBuffer();
    const opaque = await cutoutPng(edge.width, edge.height, () => [255, 0, 0, 255]);
    const { box: place } = await enlargeCutout(opaque, edge, small, large);
    expect([place.left + place.width, place.top + place.height]).toEqual([401, 267]);
  });

  it('refuses what is no picture', async () => {
    await expect(enlargeCutout(Buffer.from('no'), box, small, await photo(2))).rejects.toMatchObject({
      reason: 'CUTOUT_UNREADABLE',
    });
  });
});
