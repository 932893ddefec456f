import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { cutoutSheet } from './cutout-sheet.js';
import { gradientPlot } from './gradient-plot.js';
import type { RawPicture } from './gradient.js';
import { photoSheet } from './photo-sheet.js';
import { sceneSheet } from './scene-sheet.js';
import { SHEET } from './sheet.js';
import { solidCutout } from './testing/draw-scene.js';

const RED = await solidCutout([255, 0, 0, 255], 80, 60);
const BLUE = await solidCutout([0, 0, 255, 255], 30, 90);
const load = (bytes: Buffer) => async (): Promise<Buffer> => bytes;

async function probe(
  sheet: Buffer,
): Promise<{ width: number; height: number; at: (x: number, y: number) => number[] }> {
  const { data, info } = await sharp(sheet).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number): number[] => [
    ...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3),
  ];
  return { width: info.width, height: info.height, at };
}

const WHITE = [255, 255, 255];

describe('photoSheet', () => {
  it('lays photos out row by row, best first, on white', async () => {
    const photos = [...Array(7).fill(RED), BLUE].map((bytes) => ({
      load: load(bytes),
      keyphrase: 'a <b> & c',
    }));
    const { width, at } = await probe(await photoSheet(photos));
    expect(width).toBe(2 * SHEET.margin + 7 * 200 + 6 * SHEET.gap);
    expect(at(5, 5)).toEqual(WHITE);
    expect(at(SHEET.margin + 100, SHEET.margin + 75)).toEqual([255, 0, 0]);
    // The eighth begins the second row.
    expect(at(SHEET.margin + 100, SHEET.margin + 150 + SHEET.captionHeight + SHEET.gap / 2 + 75)).toEqual([
      0, 0, 255,
    ]);
  });

  it('is an empty sheet without photos', async () => {
    expect((await probe(await photoSheet([]))).at(50, 50)).toEqual(WHITE);
  });

  it('stops when it is cancelled', async () => {
    await expect(photoSheet([{ load: load(RED), keyphrase: '' }], AbortSignal.abort())).rejects.toThrow(
      /abort/i,
    );
  });
});

describe('cutoutSheet', () => {
  it('puts cut-outs on a checkerboard below their photo', async () => {
    const { at } = await probe(await cutoutSheet([{ load: load(RED), cutouts: [load(BLUE)] }]));
    const squareTop = SHEET.margin + 150 + 6;
    expect(at(SHEET.margin + 100, SHEET.margin + 75)).toEqual([255, 0, 0]);
    expect(at(SHEET.margin + 100, squareTop + 100)).toEqual([0, 0, 255]);
    const checks = new Set(Array.from({ length: 20 }, (_, x) => at(SHEET.margin + x, squareTop + 4).join()));
    expect(checks).toEqual(new Set(['251,251,251', '236,236,238']));
  });

  it('shares the square between several, and leaves it blank for none', async () => {
    const cutouts = [BLUE, RED, BLUE, RED].map(load);
    const { at } = await probe(
      await cutoutSheet([
        { load: load(RED), cutouts },
        { load: load(RED), cutouts: [] },
      ]),
    );
    const squareTop = SHEET.margin + 150 + 6;
    expect(at(SHEET.margin + 48, squareTop + 48)).toEqual([0, 0, 255]);
    expect(at(SHEET.margin + 151, squareTop + 48)).toEqual([255, 0, 0]);
    expect(at(SHEET.margin + 200 + SHEET.gap + 100, squareTop + 100)).toEqual(WHITE);
  });
});

describe('gradientPlot', () => {
  it('shows the gradient, and each color curve where its value lies', async () => {
    const stops = [
      { offset: 0, color: { red: 1, green: 0, blue: 0.5 } },
      { offset: 1, color: { red: 1, green: 0, blue: 0.5 } },
    ];
    const { at } = await probe(await gradientPlot({ angleDegrees: 0, stops }));
    expect(at(SHEET.margin + 10, SHEET.margin + 10)).toEqual([255, 0, 128]);
    const column = SHEET.margin + 320 + 2 * SHEET.gap + 44 + 200;
    const [red, , blue] = [0, 320, 160].map((down) => at(column, SHEET.margin + down));
    expect(red![0]).toBeGreaterThan(red![2]! + 50);
    expect(blue![2]).toBeGreaterThan(blue![0]! + 50);
  });
});

describe('sceneSheet', () => {
  it('draws scenes of any size at the same height, four in a row', async () => {
    const picture = (width: number, height: number, value: number): RawPicture => ({
      data: Buffer.alloc(width * height * 3, value),
      width,
      height,
      channels: 3,
    });
    const scenes = [100, 90, 80, 70, 60].map((value) => ({
      picture: picture(30, 20, value),
      caption: `layout: ${value}`,
    }));
    const { width, at } = await probe(await sceneSheet(scenes));
    expect(width).toBe(2 * SHEET.margin + 4 * 420 + 3 * SHEET.gap);
    expect(at(SHEET.margin + 420 + SHEET.gap + 5, SHEET.margin + 5)).toEqual([90, 90, 90]);
    const secondRow = SHEET.margin + 280 + SHEET.captionHeight + SHEET.gap / 2;
    expect(at(SHEET.margin + 5, secondRow + 5)).toEqual([60, 60, 60]);
  });
});
