import type { Layer, Scene } from '@collage/proto/collage/v1/scene.js';
import { describe, expect, it } from 'vitest';
import { SceneInvalidError } from './scene-invalid-error.js';
import { validateScene } from './validate-scene.js';

const gray = { red: 0.5, green: 0.5, blue: 0.5 };
const layer: Layer = {
  cutoutDigest: '0123456789abcdef'.repeat(4),
  placement: { centerX: 0.5, centerY: 0.5, height: 0.5, rotationDegrees: -400 },
  opacity: 1,
  tint: undefined,
  flipped: false,
};
const scene: Scene = {
  aspectRatio: 1.5,
  background: {
    angleDegrees: 0,
    stops: [
      { offset: 0, color: gray },
      { offset: 1, color: gray },
    ],
  },
  layers: [layer, { ...layer, tint: gray, opacity: 0 }],
};

function withLayer(change: Partial<Layer>): Scene {
  return { ...scene, layers: [layer, { ...layer, ...change }] };
}

function withPlacement(change: Partial<NonNullable<Layer['placement']>>): Scene {
  return withLayer({ placement: { ...layer.placement!, ...change } });
}

function withStops(...offsets: number[]): Scene {
  return {
    ...scene,
    background: { angleDegrees: 0, stops: offsets.map((offset) => ({ offset, color: gray })) },
  };
}

describe('validateScene', () => {
  it('accepts a scene that keeps the conventions, no layers and hard-edged gradients included', () => {
    expect(() => validateScene(scene)).not.toThrow();
    expect(() => validateScene({ ...withStops(0.2, 0.5, 0.5, 1), layers: [] })).not.toThrow();
  });

  it.each<[string, Scene]>([
    ['aspectRatio', { ...scene, aspectRatio: 0 }],
    ['aspectRatio', { ...scene, aspectRatio: NaN }],
    ['aspectRatio', { ...scene, aspectRatio: 10.01 }],
    ['background', { ...scene, background: undefined }],
    ['background.angleDegrees', { ...scene, background: { ...scene.background!, angleDegrees: Infinity } }],
    ['background.stops', withStops()],
    ['background.stops', withStops(...Array.from({ length: 17 }, () => 0.5))],
    ['background.stops[1].offset', withStops(0.6, 0.5)],
    ['background.stops[2].offset', withStops(0, 0.5, 1.1)],
    [
      'background.stops[0].color',
      { ...scene, background: { angleDegrees: 0, stops: [{ offset: 0, color: undefined }] } },
    ],
    ['layers', { ...scene, layers: Array.from({ length: 301 }, () => layer) }],
    ['layers[1].cutoutDigest', withLayer({ cutoutDigest: 'A'.repeat(64) })],
    ['layers[1].placement', withLayer({ placement: undefined })],
    ['layers[1].placement.height', withPlacement({ height: 0 })],
    ['layers[1].placement.height', withPlacement({ height: NaN })],
    ['layers[1].placement.centerX', withPlacement({ centerX: Infinity })],
    ['layers[1].placement.centerY', withPlacement({ centerY: -1e6 })],
    ['layers[1].placement.rotationDegrees', withPlacement({ rotationDegrees: NaN })],
    ['layers[1].opacity', withLayer({ opacity: 1.5 })],
    ['layers[1].tint.green', withLayer({ tint: { ...gray, green: -0.1 } })],
  ])('names %s when it is wrong', (field, wrong) => {
    expect(() => validateScene(wrong)).toThrow(SceneInvalidError);
    expect(() => validateScene(wrong)).toThrow(expect.objectContaining({ field, reason: 'SCENE_INVALID' }));
  });

  it('says what was expected and what came', () => {
    expect(() => validateScene(withLayer({ opacity: 1.5 }))).toThrow(
      'Expected a number from 0 to 1 for layers[1].opacity but received 1.5',
    );
  });
});
