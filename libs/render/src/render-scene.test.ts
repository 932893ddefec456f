import { describe, expect, it } from 'vitest';
import type { RawPicture } from './gradient.js';
import { renderScene } from './render-scene.js';
import { cutoutPng, layerAt, loader, plainScene, solidCutout } from './testing/draw-scene.js';

const RED = await solidCutout([255, 0, 0, 255]);
const HALF_WHITE = await solidCutout([255, 255, 255, 128]);
const FOUR_CORNERS = await cutoutPng(2, 2, (x, y) => [x * 255, y * 255, 0, 255]);
const load = loader({ a: RED, b: HALF_WHITE, c: FOUR_CORNERS });

function pixel({ data, width }: RawPicture, x: number, y: number): number[] {
  return [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
}

describe('renderScene', () => {
  it('rounds the width and draws the background where there is no layer', async () => {
    const picture = await renderScene(plainScene(1.337, [], 0.2), 120, load);
    expect([picture.width, picture.height, picture.channels]).toEqual([160, 120, 3]);
    expect(pixel(picture, 159, 119)).toEqual([51, 51, 51]);
  });

  it('puts a 10 px cut-out of scale 1 exactly on the grid', async () => {
    const picture = await renderScene(plainScene(1, [layerAt('a', 0.5, 0.5, 0.5)]), 20, load);
    expect([pixel(picture, 5, 5), pixel(picture, 14, 14)]).toEqual([
      [255, 0, 0],
      [255, 0, 0],
    ]);
    expect([pixel(picture, 4, 10), pixel(picture, 15, 10)]).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });

  it('shares an edge between two pixels at a shift of a quarter pixel', async () => {
    const picture = await renderScene(plainScene(1, [layerAt('a', 0.5 + 0.25 / 20, 0.5, 0.5)]), 20, load);
    // 0.75 and 0.25 of 255.
    expect([pixel(picture, 5, 10)[0], pixel(picture, 15, 10)[0]]).toEqual([191, 64]);
  });

  it('blends in sRGB: half white over black is the middle value', async () => {
    const picture = await renderScene(plainScene(1, [layerAt('b', 0.5, 0.5, 0.5)]), 20, load);
    expect(pixel(picture, 10, 10)).toEqual([128, 128, 128]);
  });

  it('interpolates between pixel centers when it enlarges', async () => {
    // 2 x 2 pixels drawn 8 px wide: centers of the first column at 6 + 2, of the second at 6 + 6.
    const picture = await renderScene(plainScene(1, [layerAt('c', 0.5, 0.5, 0.4)]), 20, load);
    // Pixel center 9.5 lies at (9.5 - 8) / 4 = 0.375 of the way, 10.5 at 0.625.
    expect(pixel(picture, 9, 10)).toEqual([Math.round(0.375 * 255), Math.round(0.625 * 255), 0]);
  });

  it('applies tint and opacity', async () => {
    const faded = layerAt('a', 0.5, 0.5, 0.5, { opacity: 0.5, tint: { red: 0.4, green: 1, blue: 1 } });
    const picture = await renderScene(plainScene(1, [faded], 1), 20, load);
    // 0.5 x 0.4 red over white: 0.5 + 0.2; nothing in green and blue but half the white.
    expect(pixel(picture, 10, 10)).toEqual([Math.round(0.7 * 255), 128, 128]);
  });

  it('shrinks fine patterns to their mean instead of aliasing', async () => {
    const stripes = await cutoutPng(64, 64, (x) => (x % 2 ? [255, 255, 255, 255] : [0, 0, 0, 255]));
    const picture = await renderScene(plainScene(1, [layerAt('d', 0.5, 0.5, 1)]), 10, loader({ d: stripes }));
    for (const x of [3, 4, 5, 6]) expect(Math.abs(pixel(picture, x, 5)[0]! - 127.5)).toBeLessThanOrEqual(1);
  });

  it('gives the same bytes every time', async () => {
    const layers = [layerAt('a', 0.4, 0.3, 0.5), layerAt('c', 0.6, 0.7, 0.8, { flipped: true })];
    const [one, other] = [
      await renderScene(plainScene(1.2, layers), 99, load),
      await renderScene(plainScene(1.2, layers), 99, load),
    ];
    expect(one.data.equals(other.data)).toBe(true);
  });

  it('asks for one cut-out at a time, and not for invisible ones', async () => {
    let [open, asked] = [0, 0];
    const slow = async (digest: string): Promise<Buffer> => {
      asked++;
      expect(++open).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 2));
      open--;
      return load(digest);
    };
    const layers = [
      layerAt('a', 0.5, 0.5, 0.5),
      layerAt('b', 0.5, 0.5, 0.5, { opacity: 0 }),
      layerAt('c', 0, 0, 1),
    ];
    await renderScene(plainScene(1, layers), 20, slow);
    expect(asked).toBe(2);
  });

  it('names what is wrong with a scene, a height or a cut-out', async () => {
    await expect(renderScene(plainScene(0, []), 20, load)).rejects.toMatchObject({ field: 'aspectRatio' });
    await expect(renderScene(plainScene(1, []), 4097, load)).rejects.toMatchObject({ field: 'heightPixels' });
    await expect(renderScene(plainScene(1, []), 10.5, load)).rejects.toMatchObject({ field: 'heightPixels' });
    const broken = renderScene(plainScene(1, [layerAt('a', 0.5, 0.5, 1)]), 20, async () =>
      Buffer.from('no picture'),
    );
    await expect(broken).rejects.toMatchObject({ reason: 'CUTOUT_UNREADABLE' });
  });

  it('stops between layers when it is cancelled', async () => {
    const controller = new AbortController();
    let asked = 0;
    const cancelling = async (digest: string): Promise<Buffer> => {
      if (++asked === 2) controller.abort();
      return load(digest);
    };
    const layers = Array.from({ length: 9 }, () => layerAt('a', 0.5, 0.5, 0.5));
    await expect(renderScene(plainScene(1, layers), 20, cancelling, controller.signal)).rejects.toThrow(
      /abort/i,
    );
    expect(asked).toBe(2);
  });

  it('draws 4096 x 4096 pixels with thirty cut-outs in less than 600 MB', async () => {
    const cutout = await cutoutPng(1200, 900, (x, y) => [x & 255, y & 255, (x + y) & 255, 255]);
    const layers = Array.from({ length: 30 }, (_, index) => {
      const placed = layerAt('e', (index % 6) / 5, Math.floor(index / 6) / 4, 0.15 + index / 100);
      placed.placement!.rotationDegrees = index * 12;
      return placed;
    });
    const picture = await renderScene(plainScene(1, layers), 4096, loader({ e: cutout }));
    expect(picture.data.length).toBe(4096 * 4096 * 3);
    expect(process.memoryUsage().rss).toBeLessThan(600e6);
  });
});
