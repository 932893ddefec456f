/**
 * The slow reference: what a scene looks like, written from the conventions alone in float64, one pixel at a time, and
 * sharing no code with the renderers it judges. It reads proto3 JSON (absent means zero, false or none).
 *
 * Convention: canvas pixel (i, j) is sampled at its center (i + 0.5, j + 0.5); cut-outs are premultiplied, averaged in
 * blocks of 2^n x 2^n with n = max(0, floor(log2(1 / scale))), then sampled bilinearly with zero outside.
 */

export interface SceneJson {
  aspectRatio: number;
  background: { angleDegrees?: number; stops: { offset?: number; color: ColorJson }[] };
  layers?: LayerJson[];
}

export interface LayerJson {
  cutoutDigest: string;
  placement: { centerX?: number; centerY?: number; height: number; rotationDegrees?: number };
  opacity?: number;
  tint?: ColorJson;
  flipped?: boolean;
}

export interface ColorJson {
  red?: number;
  green?: number;
  blue?: number;
}

/** Straight-alpha RGBA, 8 bits. */
export interface CutoutPixels {
  data: Uint8Array;
  width: number;
  height: number;
}

type Rgba = [number, number, number, number];

/** The scene as 8-bit RGB rows. */
export function referenceRender(
  scene: SceneJson,
  height: number,
  cutouts: (digest: string) => CutoutPixels,
): { data: Uint8Array; width: number; height: number } {
  const width = Math.max(1, Math.round(height * scene.aspectRatio));
  const samplers = (scene.layers ?? []).map((layer) => layerSampler(layer, height, cutouts(layer.cutoutDigest)));
  const data = new Uint8Array(width * height * 3);
  for (let j = 0; j < height; j++) {
    for (let i = 0; i < width; i++) {
      let seen = gradientColor(scene.background, i + 0.5, j + 0.5, width, height);
      for (const sample of samplers) {
        const [red, green, blue, alpha] = sample(i + 0.5, j + 0.5);
        seen = [red + (1 - alpha) * seen[0], green + (1 - alpha) * seen[1], blue + (1 - alpha) * seen[2]];
      }
      for (let channel = 0; channel < 3; channel++) {
        data[(j * width + i) * 3 + channel] = Math.round(255 * Math.min(1, Math.max(0, seen[channel]!)));
      }
    }
  }
  return { data, width, height };
}

/** Premultiplied color of one layer at a point of the canvas, in pixels. */
function layerSampler(layer: LayerJson, height: number, cutout: CutoutPixels): (x: number, y: number) => Rgba {
  const { centerX = 0, centerY = 0, height: layerHeight, rotationDegrees = 0 } = layer.placement;
  const scale = (layerHeight * height) / cutout.height;
  const level = Math.max(0, Math.floor(Math.log2(1 / scale)));
  const block = 2 ** level;
  const mip = averageBlocks(premultiplied(cutout), block);
  const angle = (rotationDegrees * Math.PI) / 180;
  const [opacity, tint] = [layer.opacity ?? 0, layer.tint];
  const factors: Rgba = [
    opacity * (tint ? (tint.red ?? 0) : 1),
    opacity * (tint ? (tint.green ?? 0) : 1),
    opacity * (tint ? (tint.blue ?? 0) : 1),
    opacity,
  ];
  return (x, y) => {
    // Undo, last step first: move, rotate clockwise, mirror, scale.
    const [dx, dy] = [x - centerX * height, y - centerY * height];
    const turnedBackX = Math.cos(angle) * dx + Math.sin(angle) * dy;
    const turnedBackY = -Math.sin(angle) * dx + Math.cos(angle) * dy;
    const u = (layer.flipped ? -turnedBackX : turnedBackX) / scale + cutout.width / 2;
    const v = turnedBackY / scale + cutout.height / 2;
    const color = bilinear(mip, u / block - 0.5, v / block - 0.5);
    return color.map((value, channel) => value * factors[channel]!) as Rgba;
  };
}

interface FloatPicture {
  at: (column: number, row: number) => Rgba;
  width: number;
  height: number;
}

const TRANSPARENT: Rgba = [0, 0, 0, 0];

/** Premultiplied colors in [0, 1]; transparent outside. */
function premultiplied({ data, width, height }: CutoutPixels): FloatPicture {
  const at = (column: number, row: number): Rgba => {
    if (column < 0 || row < 0 || column >= width || row >= height) return TRANSPARENT;
    const start = (row * width + column) * 4;
    const alpha = data[start + 3]! / 255;
    return [
      (data[start]! / 255) * alpha,
      (data[start + 1]! / 255) * alpha,
      (data[start + 2]! / 255) * alpha,
      alpha,
    ];
  };
  return { at, width, height };
}

/** Means of block x block pixels, the picture being padded right and below with transparency. */
function averageBlocks(picture: FloatPicture, block: number): FloatPicture {
  if (block === 1) return picture;
  const [width, height] = [Math.ceil(picture.width / block), Math.ceil(picture.height / block)];
  const means: Rgba[] = [];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const sum: Rgba = [0, 0, 0, 0];
      for (let y = row * block; y < (row + 1) * block; y++) {
        for (let x = column * block; x < (column + 1) * block; x++) {
          picture.at(x, y).forEach((value, channel) => (sum[channel]! += value));
        }
      }
      means.push(sum.map((value) => value / (block * block)) as Rgba);
    }
  }
  const at = (column: number, row: number): Rgba =>
    column < 0 || row < 0 || column >= width || row >= height ? TRANSPARENT : means[row * width + column]!;
  return { at, width, height };
}

/** x and y count pixel centers: (0, 0) is the middle of the first pixel. */
function bilinear(picture: FloatPicture, x: number, y: number): Rgba {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const result: Rgba = [0, 0, 0, 0];
  for (const [column, row, weight] of [
    [left, top, (left + 1 - x) * (top + 1 - y)],
    [left + 1, top, (x - left) * (top + 1 - y)],
    [left, top + 1, (left + 1 - x) * (y - top)],
    [left + 1, top + 1, (x - left) * (y - top)],
  ] as const) {
    picture.at(column, row).forEach((value, channel) => (result[channel]! += weight * value));
  }
  return result;
}

function gradientColor(
  { angleDegrees = 0, stops }: SceneJson['background'],
  x: number,
  y: number,
  width: number,
  height: number,
): [number, number, number] {
  const angle = (angleDegrees * Math.PI) / 180;
  const length = Math.abs(width * Math.sin(angle)) + Math.abs(height * Math.cos(angle));
  const place = 0.5 + ((y - height / 2) * Math.cos(angle) - (x - width / 2) * Math.sin(angle)) / length;
  const after = stops.findIndex(({ offset = 0 }) => offset > place);
  if (after === 0) return channels(stops[0]!.color);
  if (after === -1) return channels(stops.at(-1)!.color);
  const [start, end] = [stops[after - 1]!, stops[after]!];
  const share = (place - (start.offset ?? 0)) / ((end.offset ?? 0) - (start.offset ?? 0));
  const [from, to] = [channels(start.color), channels(end.color)];
  return from.map((value, channel) => value + share * (to[channel]! - value)) as [number, number, number];
}

function channels({ red = 0, green = 0, blue = 0 }: ColorJson): [number, number, number] {
  return [red, green, blue];
}
