import type { Color, Gradient, Layer, Scene } from '@collage/proto/collage/v1/scene.js';
import { ASPECT_RATIO_LIMITS, MAX_LAYER_COUNT, MAX_PLACEMENT, STOP_COUNT_LIMITS } from './conventions.js';
import { SceneInvalidError } from './scene-invalid-error.js';

/**
 * Accepts scenes every renderer can draw.
 * @throws SceneInvalidError naming the first field that is wrong
 */
export function validateScene(scene: Scene): void {
  expectNumber('aspectRatio', scene.aspectRatio, ASPECT_RATIO_LIMITS);
  if (!scene.background) throw new SceneInvalidError('background', 'a gradient', scene.background);
  validateGradient('background', scene.background);
  if (scene.layers.length > MAX_LAYER_COUNT) {
    throw new SceneInvalidError('layers', `at most ${MAX_LAYER_COUNT} layers`, scene.layers.length);
  }
  scene.layers.forEach((layer, index) => validateLayer(`layers[${index}]`, layer));
}

/** @throws SceneInvalidError naming the first field that is wrong */
export function validateGradient(field: string, gradient: Gradient): void {
  expectFinite(`${field}.angleDegrees`, gradient.angleDegrees);
  const { min, max } = STOP_COUNT_LIMITS;
  if (gradient.stops.length < min || gradient.stops.length > max) {
    throw new SceneInvalidError(`${field}.stops`, `${min} to ${max} stops`, gradient.stops.length);
  }
  gradient.stops.forEach(({ offset, color }, index) => {
    const previous = gradient.stops[index - 1]?.offset ?? 0;
    expectNumber(`${field}.stops[${index}].offset`, offset, { min: 0, max: 1 });
    if (offset < previous) {
      throw new SceneInvalidError(
        `${field}.stops[${index}].offset`,
        `at least ${previous}, the one before it`,
        offset,
      );
    }
    validateColor(`${field}.stops[${index}].color`, color);
  });
}

function validateLayer(field: string, { cutoutDigest, placement, opacity, tint }: Layer): void {
  if (!/^[0-9a-f]{64}$/.test(cutoutDigest)) {
    throw new SceneInvalidError(
      `${field}.cutoutDigest`,
      'a SHA-256 as 64 lower-case hex digits',
      cutoutDigest,
    );
  }
  if (!placement) throw new SceneInvalidError(`${field}.placement`, 'a placement', placement);
  const reach = { min: -MAX_PLACEMENT, max: MAX_PLACEMENT };
  expectNumber(`${field}.placement.centerX`, placement.centerX, reach);
  expectNumber(`${field}.placement.centerY`, placement.centerY, reach);
  if (!(placement.height > 0 && placement.height <= MAX_PLACEMENT)) {
    const expected = `a number above 0, at most ${MAX_PLACEMENT},`;
    throw new SceneInvalidError(`${field}.placement.height`, expected, placement.height);
  }
  expectFinite(`${field}.placement.rotationDegrees`, placement.rotationDegrees);
  expectNumber(`${field}.opacity`, opacity, { min: 0, max: 1 });
  if (tint) validateColor(`${field}.tint`, tint);
}

function validateColor(field: string, color: Color | undefined): void {
  if (!color) throw new SceneInvalidError(field, 'a color', color);
  for (const channel of ['red', 'green', 'blue'] as const) {
    expectNumber(`${field}.${channel}`, color[channel], { min: 0, max: 1 });
  }
}

function expectNumber(field: string, value: number, { min, max }: { min: number; max: number }): void {
  // Written so that NaN fails too.
  if (!(value >= min && value <= max)) {
    throw new SceneInvalidError(field, `a number from ${min} to ${max}`, Number.isNaN(value) ? 'NaN' : value);
  }
}

function expectFinite(field: string, value: number): void {
  if (!Number.isFinite(value)) throw new SceneInvalidError(field, 'a finite number', String(value));
}
