import type { Climb } from '@collage/inference/climb.js';
import {
  OptimizeOptions,
  type OptimizeProgress,
  type OptimizeResult,
  type OptimizeStart,
  Parameter,
  type Steer,
} from '@collage/proto/collage/v1/composition_service.js';
import type { Layer, Placement } from '@collage/proto/collage/v1/scene.js';
import { validateScene } from '@collage/scene/validate-scene.js';
import type { NamedPicture } from './pictures.js';
import { objective, sceneOf } from './scenes.js';

/** What a steer asks. */
export type Action = NonNullable<Steer['action']>;

/** What Adam moves of the layers. */
export const layout = [
  Parameter.POSITION,
  Parameter.HEIGHT,
  Parameter.ROTATION,
  Parameter.OPACITY,
  Parameter.TINT,
];
/** All that can be changed. */
export const everything = [
  ...layout,
  Parameter.BACKGROUND_COLORS,
  Parameter.BACKGROUND_ANGLE,
  Parameter.ORDER,
  Parameter.FLIP,
];

export const pin = (layerIndex: number): Action => ({ $case: 'pin', value: { layerIndex } });
export const unpin = (layerIndex: number): Action => ({ $case: 'unpin', value: { layerIndex } });
export const hide = (layerIndex: number): Action => ({ $case: 'hide', value: { layerIndex } });
export const show = (layerIndex: number): Action => ({ $case: 'show', value: { layerIndex } });
export const ban = (cutoutDigest: string): Action => ({ $case: 'ban', value: { cutoutDigest } });
export const add = (layer: Layer): Action => ({ $case: 'add', value: { layer } });
export const move = (layerIndex: number, placement: Placement): Action => ({
  $case: 'move',
  value: { layerIndex, placement },
});
export const setWeight = (keyphraseIndex: number, weight: number): Action => ({
  $case: 'setWeight',
  value: { keyphraseIndex, weight },
});
export const stop: Action = { $case: 'stop', value: {} };

/** A steer that takes effect at a step. */
export const at = (step: number, action: Action): Steer => ({ step, action });

/** A place where no disc is. */
export const corner: Placement = { centerX: 0.2, centerY: 0.15, height: 0.2, rotationDegrees: 45 };

/** A short climb of a scene of cut-outs, with steers recorded in its start. */
export function startOf(
  cutouts: NamedPicture[],
  steers: Steer[],
  options: Partial<OptimizeOptions> = {},
  parameters = layout,
): OptimizeStart {
  return {
    objective,
    scene: sceneOf(cutouts),
    parameters,
    options: OptimizeOptions.fromPartial({ stepCount: 6, viewCount: 1, seed: 3, ...options }),
    checkpoint: undefined,
    backgroundAnchor: undefined,
    steers,
  };
}

/** A climb to its end. The steps are there by number: `steps[3]` is what it is after three steps. */
export async function follow(
  climbing: Climb,
  onStep: (step: number, progress: OptimizeProgress) => void = () => {},
): Promise<{ steps: OptimizeProgress[]; result: OptimizeResult }> {
  const steps: OptimizeProgress[] = [];
  for await (const progress of climbing) {
    validateScene(progress.scene!);
    steps[progress.step] = progress;
    onStep(progress.step, progress);
  }
  return { steps, result: climbing.result };
}

/** The layer of an index. */
export function layerOf({ scene, layerIndices }: OptimizeProgress | OptimizeResult, index: number): Layer {
  return scene!.layers[layerIndices.indexOf(index)]!;
}
