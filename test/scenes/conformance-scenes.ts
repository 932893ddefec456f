/** The conformance scenes: each pins one convention. Scales are given in canvas pixels per cut-out pixel. */
import type { ColorJson, LayerJson, SceneJson } from './reference-render.js';

/** Pixel height all scenes are meant to be rendered at. */
export const SCENE_HEIGHT_PIXELS = 120;

export interface DrawnCutout {
  digest: string;
  height: number;
}

const LIGHT: ColorJson = { red: 0.82, green: 0.87, blue: 0.92 };
const SUNSET = [
  { color: { red: 0.1, green: 0.15, blue: 0.4 } },
  { offset: 0.25, color: { red: 0.55, green: 0.25, blue: 0.5 } },
  { offset: 0.5, color: { red: 0.95, green: 0.5, blue: 0.3 } },
  { offset: 0.75, color: { red: 1, green: 0.85, blue: 0.45 } },
  { offset: 1, color: { red: 0.2, green: 0.35, blue: 0.3 } },
];

interface Spot {
  /** Center in pixels of the 120 px canvas. */
  x: number;
  y: number;
  /** Canvas pixels per cut-out pixel at 120 px. */
  scale?: number;
  turn?: number;
  opacity?: number;
  tint?: ColorJson;
  flipped?: boolean;
}

/** @param cutouts the drawings by name, as encoded */
export function conformanceScenes(cutouts: Record<string, DrawnCutout>): Record<string, SceneJson> {
  const layer = (name: string, spot: Spot): LayerJson => {
    const { x, y, scale = 1, turn, opacity = 1, tint, flipped } = spot;
    const cutout = cutouts[name]!;
    return {
      cutoutDigest: cutout.digest,
      placement: {
        ...nonZero('centerX', x / SCENE_HEIGHT_PIXELS),
        ...nonZero('centerY', y / SCENE_HEIGHT_PIXELS),
        height: (scale * cutout.height) / SCENE_HEIGHT_PIXELS,
        ...nonZero('rotationDegrees', turn ?? 0),
      },
      ...nonZero('opacity', opacity),
      ...(tint ? { tint } : {}),
      ...(flipped ? { flipped } : {}),
    };
  };
  const plain = (layers: LayerJson[], aspectRatio = 1.5): SceneJson => ({
    aspectRatio,
    background: { stops: [{ color: LIGHT }] },
    layers,
  });
  const gradient = (angleDegrees: number, aspectRatio: number): SceneJson => ({
    aspectRatio,
    background: { angleDegrees, stops: SUNSET },
  });
  return {
    'premultiplied-edge': plain([
      layer('disk', { x: 50.3, y: 60.6, scale: 1.4 }),
      layer('disk', { x: 130, y: 60, scale: 0.7, turn: 20 }),
    ]),
    // 32 x 24 pixels centered on whole numbers fall exactly on the grid; 61 x 61 pixels do on halves.
    'half-pixel-grid': plain([
      layer('checks', { x: 40, y: 60 }),
      layer('disk', { x: 90.5, y: 60.5 }),
      layer('checks', { x: 150.5, y: 60.5 }),
    ]),
    'clockwise-rotation': plain([
      layer('letter', { x: 40, y: 60, turn: 30 }),
      layer('letter', { x: 95, y: 60, turn: 90 }),
      layer('letter', { x: 145, y: 60, turn: -135, scale: 1.2 }),
    ]),
    'painting-order': plain([
      layer('stripes', { x: 70, y: 50, scale: 0.8 }),
      layer('disk', { x: 90, y: 60, scale: 1.3 }),
      layer('letter', { x: 105, y: 75 }),
      layer('ramp', { x: 110, y: 60, scale: 1.3 }),
    ]),
    'sub-pixel-shift': plain([
      layer('checks', { x: 22.25, y: 30 }),
      layer('checks', { x: 66, y: 30.25 }),
      layer('checks', { x: 110.5, y: 30.75 }),
      layer('letter', { x: 30.1, y: 85.9 }),
      layer('letter', { x: 80.9, y: 85.1 }),
      layer('letter', { x: 140.333, y: 85.667, turn: 1 }),
    ]),
    'off-canvas': plain([
      layer('stripes', { x: 90, y: 118, scale: 1.9 }),
      layer('disk', { x: 0, y: 0, scale: 1.2 }),
      layer('letter', { x: 178, y: 40.5, turn: 45 }),
      layer('letter', { x: -300, y: 60 }),
      layer('letter', { x: 3, y: 117, turn: 200, scale: 1.5 }),
      layer('ramp', { x: 90, y: -3, scale: 3 }),
    ]),
    'down-scaling': plain([
      layer('stripes', { x: 40.2, y: 35.7, scale: 0.45 }),
      layer('stripes', { x: 110.4, y: 35.1, scale: 0.3, turn: 17 }),
      layer('stripes', { x: 158, y: 35, scale: 0.1 }),
      layer('letter', { x: 30, y: 92, scale: 0.6 }),
      layer('letter', { x: 70, y: 92, scale: 0.3, turn: -10 }),
      layer('letter', { x: 100, y: 92, scale: 0.1 }),
      layer('disk', { x: 140, y: 92, scale: 0.22 }),
    ]),
    'up-scaling': plain([
      layer('checks', { x: 60.7, y: 60.2, scale: 3.3 }),
      layer('ramp', { x: 140, y: 60, scale: 2.1, turn: 75 }),
    ]),
    opacity: plain([
      layer('stripes', { x: 90, y: 60, scale: 0.9, opacity: 0.35 }),
      layer('letter', { x: 30, y: 60, opacity: 0 }),
      layer('letter', { x: 75, y: 60, opacity: 0.25 }),
      layer('letter', { x: 120, y: 60, opacity: 0.6, turn: 8 }),
      layer('disk', { x: 150, y: 60, opacity: 0.5 }),
    ]),
    tint: plain([
      layer('disk', { x: 45, y: 60, tint: { red: 0.5, green: 1, blue: 1 } }),
      layer('letter', { x: 95, y: 60, tint: { red: 1, green: 0.6, blue: 0.3 }, opacity: 0.8 }),
      layer('stripes', { x: 140, y: 60, scale: 0.4, tint: { red: 0.2, green: 0.4 } }),
    ]),
    'flip-before-rotation': plain([
      layer('letter', { x: 35, y: 60, flipped: true }),
      layer('letter', { x: 85, y: 60, flipped: true, turn: 30 }),
      layer('letter', { x: 140, y: 60, turn: 30 }),
    ]),
    'upright-gradient': gradient(0, 1.5),
    'angled-gradient-30': gradient(30, 1.75),
    'angled-gradient-90': gradient(90, 0.6),
    'angled-gradient-205': gradient(-155, 2.2),
    'one-stop-gradient': {
      aspectRatio: 0.8,
      background: { angleDegrees: 45, stops: [{ offset: 0.5, color: { red: 0.3, green: 0.6, blue: 0.9 } }] },
    },
    'held-end-colors': {
      aspectRatio: 1.25,
      background: {
        angleDegrees: 12,
        stops: [
          { offset: 0.2, color: { red: 1 } },
          { offset: 0.45, color: { red: 1, green: 1 } },
          { offset: 0.45, color: { blue: 1 } },
          { offset: 0.7, color: { green: 0.5 } },
        ],
      },
    },
    // 120 x 1.337 = 160.44: the width is rounded, placements are not.
    'odd-width': {
      ...gradient(20, 1.337),
      layers: [layer('letter', { x: 150.44, y: 60, turn: -5 }), layer('disk', { x: 60, y: 60, scale: 0.9 })],
    },
    'many-layers': { ...gradient(10, 1.5), layers: manyLayers(layer) },
  };
}

/** Forty layers on a spiral (the golden angle), of every kind, with every field used. */
function manyLayers(layer: (name: string, spot: Spot) => LayerJson): LayerJson[] {
  const names = ['stripes', 'disk', 'letter', 'ramp', 'checks'];
  const goldenAngle = Math.PI * (3 - Math.sqrt(5));
  return Array.from({ length: 40 }, (_, index) => ({ index, radius: 14.2 * Math.sqrt(40 - index) })).map(
    ({ index, radius }) =>
      layer(names[index % 5]!, {
        x: rounded(90 + radius * Math.cos(index * goldenAngle)),
        y: rounded(60 + 0.6 * radius * Math.sin(index * goldenAngle)),
        scale: rounded(0.35 + ((index * 7) % 13) / 16),
        turn: rounded(((index * 47) % 360) - 180),
        opacity: rounded(0.4 + ((index * 5) % 7) / 10),
        flipped: index % 3 === 0,
        ...(index % 4 === 1 ? { tint: { red: 1, green: rounded((index % 10) / 10), blue: 0.7 } } : {}),
      }),
  );
}

/** Sines differ in their last bits between machines; the committed scenes must not. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** Proto3 JSON leaves zeros out. */
function nonZero(name: string, value: number): Record<string, number> {
  return value === 0 ? {} : { [name]: value };
}
