import type { Layer, Scene } from '@collage/proto/collage/v1/scene.js';
import sharp from 'sharp';

/** A plain scene for tests: one background color, layers by name. */
export function plainScene(aspectRatio: number, layers: Layer[], gray = 0): Scene {
  const color = { red: gray, green: gray, blue: gray };
  return { aspectRatio, background: { angleDegrees: 0, stops: [{ offset: 0, color }] }, layers };
}

/** A layer centered at x, y, all in canvas heights. */
export function layerAt(
  digit: string,
  x: number,
  y: number,
  height: number,
  change: Partial<Layer> = {},
): Layer {
  const placement = { centerX: x, centerY: y, height, rotationDegrees: 0 };
  return {
    cutoutDigest: digit.repeat(64),
    placement,
    opacity: 1,
    tint: undefined,
    flipped: false,
    ...change,
  };
}

/** PNG bytes of straight-alpha RGBA pixels. */
export async function cutoutPng(
  width: number,
  height: number,
  color: (x: number, y: number) => [number, number, number, number],
): Promise<Buffer> {
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(color(x, y), (y * width + x) * 4);
  return sharp(data, { raw: { width, height, channels: 4 } })
    .png()
    .toBuffer();
}

/** A cut-out of one color, 10 x 10 unless told otherwise. */
export function solidCutout(
  color: [number, number, number, number],
  width = 10,
  height = 10,
): Promise<Buffer> {
  return cutoutPng(width, height, () => color);
}

/** Looks cut-outs up by the digit their digest repeats. */
export function loader(cutouts: Record<string, Buffer>): (digest: string) => Promise<Buffer> {
  return async (digest) => cutouts[digest[0]!]!;
}
