import { type Objective, Parameter } from '@collage/proto/collage/v1/composition_service.js';
import type { Color, Gradient, Layer } from '@collage/proto/collage/v1/scene.js';
import { type FakeClimbState, iterateOf, shownLayers } from './fake-climb-state.js';
import { aimOfBackground, aimOfCutout } from './fake-score.js';

const white: Color = { red: 1, green: 1, blue: 1 };

/** Moves a layer, in place, a part of the way to where the fake perceptor wants it. */
export function moveLayer(
  layer: Layer,
  mask: ReadonlySet<Parameter>,
  prompt: string,
  aspectRatio: number,
  rate: number,
  random: () => number,
): void {
  const place = layer.placement!;
  const aim = aimOfCutout(prompt, layer.cutoutDigest, aspectRatio);
  const jitter = () => 0.002 * (random() - 0.5);
  if (mask.has(Parameter.POSITION)) {
    place.centerX += rate * (aim.centerX - place.centerX) + jitter();
    place.centerY += rate * (aim.centerY - place.centerY) + jitter();
  }
  if (mask.has(Parameter.HEIGHT)) place.height *= (aim.height / place.height) ** rate;
  if (mask.has(Parameter.ROTATION)) {
    place.rotationDegrees += rate * (aim.rotationDegrees - place.rotationDegrees);
  }
  if (mask.has(Parameter.OPACITY)) layer.opacity += rate * (1 - layer.opacity);
  if (mask.has(Parameter.TINT)) layer.tint = blended(layer.tint ?? white, white, rate);
}

/** The same for a background. */
export function moveBackground(
  background: Gradient,
  mask: ReadonlySet<Parameter>,
  prompt: string,
  rate: number,
): void {
  const aim = aimOfBackground(prompt);
  if (mask.has(Parameter.BACKGROUND_COLORS)) {
    for (const stop of background.stops) stop.color = blended(stop.color!, aim.color, rate);
  }
  if (mask.has(Parameter.BACKGROUND_ANGLE)) {
    background.angleDegrees += rate * (aim.angleDegrees - background.angleDegrees);
  }
}

/** Exchanges two neighbors in painting order, or mirrors a layer, in place, where that scores higher. */
export function tryMoves(state: FakeClimbState, mask: ReadonlySet<Parameter>, objective: Objective): void {
  const free = shownLayers(state).filter((index) => !state.pinned.includes(index));
  const score = () => iterateOf(objective, state).score;
  const before = score();
  if (mask.has(Parameter.ORDER)) {
    const { order } = state;
    for (let place = 1; place < order.length; place++) {
      const [below, above] = [order[place - 1]!, order[place]!];
      if (!free.includes(below) || !free.includes(above)) continue;
      state.order = order.with(place - 1, above).with(place, below);
      if (score() > before) return;
    }
    state.order = order;
  }
  if (mask.has(Parameter.FLIP)) {
    for (const layer of free.map((index) => state.scene.layers[index]!)) {
      layer.flipped = !layer.flipped;
      if (score() > before) return;
      layer.flipped = !layer.flipped;
    }
  }
}

function blended(from: Color, to: Color, rate: number): Color {
  const blend = (a: number, b: number) => a + rate * (b - a);
  return {
    red: blend(from.red, to.red),
    green: blend(from.green, to.green),
    blue: blend(from.blue, to.blue),
  };
}
