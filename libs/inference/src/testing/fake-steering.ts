import type { Steer } from '@collage/proto/collage/v1/composition_service.js';
import type { Layer } from '@collage/proto/collage/v1/scene.js';
import { MAX_LAYER_COUNT } from '@collage/scene/conventions.js';
import { SceneInvalidError } from '@collage/scene/scene-invalid-error.js';
import { validateScene } from '@collage/scene/validate-scene.js';
import type { FakeClimbState } from './fake-climb-state.js';

/** Why a steer is not followed. */
export class SteerRefusal extends Error {
  constructor(
    message: string,
    readonly reason: 'STEER_INVALID' | 'UNKNOWN_CUTOUT' = 'STEER_INVALID',
  ) {
    super(message);
  }
}

type Action = NonNullable<Steer['action']>;
type Follow<Case extends Action['$case']> = (
  state: FakeClimbState,
  value: Extract<Action, { $case: Case }>['value'],
  holds: (digest: string) => boolean,
) => void;

const follow: { [Case in Exclude<Action['$case'], 'stop'>]: Follow<Case> } = {
  pin: (state, { layerIndex }) => {
    checkLayer(state, 'pin', layerIndex);
    state.pinned = [...without(state.pinned, layerIndex), layerIndex];
  },
  unpin: (state, { layerIndex }) => {
    checkLayer(state, 'unpin', layerIndex);
    state.pinned = without(state.pinned, layerIndex);
  },
  move: (state, { layerIndex, placement }) => {
    const moved = { ...checkLayer(state, 'move', layerIndex), placement };
    checkBounds(state, 'steer.move', moved);
    state.scene.layers[layerIndex] = structuredClone(moved);
  },
  hide: (state, { layerIndex }) => {
    checkLayer(state, 'hide', layerIndex);
    state.hidden = [...without(state.hidden, layerIndex), layerIndex];
  },
  show: (state, { layerIndex }) => {
    checkLayer(state, 'show', layerIndex);
    state.hidden = without(state.hidden, layerIndex);
  },
  ban: (state, { cutoutDigest }) => {
    if (!state.scene.layers.some((layer) => layer.cutoutDigest === cutoutDigest)) {
      throw refusal('ban.cutout_digest', 'the digest of a layer', `'${cutoutDigest}'`);
    }
    state.banned = [...without(state.banned, cutoutDigest), cutoutDigest];
  },
  add: (state, { layer }, holds) => {
    if (!layer) throw refusal('add.layer', 'a layer', 'nothing');
    checkBounds(state, 'steer.add.layer', layer);
    const digest = layer.cutoutDigest;
    if (state.banned.includes(digest)) {
      throw refusal('add.layer.cutout_digest', 'a cut-out that is not banned', digest);
    }
    if (state.scene.layers.length >= MAX_LAYER_COUNT) {
      throw refusal('add', `at most ${MAX_LAYER_COUNT} layers`, 'one more');
    }
    if (!holds(digest)) throw new SteerRefusal(`1 cut-outs are not held here: ${digest}`, 'UNKNOWN_CUTOUT');
    state.order.push(state.scene.layers.length);
    state.scene.layers.push(structuredClone(layer));
  },
  setWeight: (state, { keyphraseIndex, weight }) => {
    checkIndex('set_weight.keyphrase_index', keyphraseIndex, state.weights.length);
    if (!(weight >= 0 && weight < Infinity)) {
      throw refusal('set_weight.weight', 'a finite number, 0 or more,', `${weight}`);
    }
    state.weights[keyphraseIndex] = weight;
  },
};

/**
 * Follows a steer other than `stop`; the state is as it was if it throws.
 * @throws SteerRefusal
 */
export function followSteer(
  state: FakeClimbState,
  action: Exclude<Action, { $case: 'stop' }>,
  holds: (digest: string) => boolean,
): void {
  (follow[action.$case] as Follow<typeof action.$case>)(state, action.value as never, holds);
}

/** A refusal that names the field, what was expected and what came. */
export function refusal(field: string, expected: string, received: string): SteerRefusal {
  return new SteerRefusal(`Expected ${expected} for steer.${field} but received ${received}`);
}

function checkLayer(state: FakeClimbState, action: string, index: number): Layer {
  checkIndex(`${action}.layer_index`, index, state.scene.layers.length);
  const layer = state.scene.layers[index]!;
  if (state.banned.includes(layer.cutoutDigest)) {
    throw refusal(`${action}.layer_index`, 'a layer that is not banned', `${index}`);
  }
  return layer;
}

function checkIndex(field: string, index: number, count: number): void {
  if (index >= 0 && index < count) return;
  throw refusal(field, count > 0 ? `an index from 0 to ${count - 1}` : 'none', `${index}`);
}

function checkBounds(state: FakeClimbState, field: string, layer: Layer): void {
  try {
    validateScene({ ...state.scene, layers: [layer] });
  } catch (error) {
    if (!(error instanceof SceneInvalidError)) throw error;
    const place = error.field
      .replace(/^layers\[0\]\./, '')
      .replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    throw new SteerRefusal(`Expected ${error.expected} for ${field}.${place} but received ${error.received}`);
  }
}

function without<Value>(values: readonly Value[], left: Value): Value[] {
  return values.filter((value) => value !== left);
}
