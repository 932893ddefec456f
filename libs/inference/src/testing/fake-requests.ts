import {
  type Objective,
  type OptimizeStart,
  Parameter,
  type Steer,
  type WeightedText,
} from '@collage/proto/collage/v1/composition_service.js';
import type { Scene } from '@collage/proto/collage/v1/scene.js';
import { SceneInvalidError } from '@collage/scene/scene-invalid-error.js';
import { validateScene } from '@collage/scene/validate-scene.js';
import { requestInvalid } from './fake-failure.js';

const maxTextCharacters = 1000;

/** What a climb may change. */
const known: ReadonlySet<Parameter> = new Set([
  Parameter.BACKGROUND_COLORS,
  Parameter.BACKGROUND_ANGLE,
  Parameter.POSITION,
  Parameter.HEIGHT,
  Parameter.ROTATION,
  Parameter.OPACITY,
  Parameter.TINT,
  Parameter.ORDER,
  Parameter.FLIP,
]);

/** Refuses a text that is empty or too long. */
export function checkText(field: string, text: string, reason?: string): void {
  if (text.trim() === '') throw requestInvalid(field, 'a text that is not empty', `'${text}'`, reason);
  if (text.length <= maxTextCharacters) return;
  throw requestInvalid(field, `at most ${maxTextCharacters} characters`, `${text.length}`, reason);
}

/** Refuses a number out of its bounds. */
export function checkRange(field: string, value: number, low: number, high: number, reason?: string): void {
  if (value >= low && value <= high) return;
  throw requestInvalid(field, `${low} to ${high}`, `${value}`, reason);
}

/** The scene, if it keeps the conventions. */
export function checkScene(scene: Scene | undefined): Scene {
  try {
    if (!scene) throw new SceneInvalidError('scene', 'a scene', scene);
    validateScene(scene);
    return scene;
  } catch (error) {
    if (!(error instanceof SceneInvalidError)) throw error;
    throw requestInvalid(error.field, error.expected, JSON.stringify(error.received), error.reason);
  }
}

/** The objective, if its texts and weights are in bounds. */
export function checkObjective(objective: Objective | undefined): Objective {
  checkText('objective.prompt', objective?.prompt ?? '');
  checkWeightedTexts('objective.keyphrases', objective!.keyphrases);
  checkWeightedTexts('objective.negatives', objective!.negatives);
  return objective!;
}

/** Refuses a climb that cannot be begun; its scene is checked apart. */
export function checkOptimizeStart({ objective, parameters, options, steers }: OptimizeStart): void {
  checkObjective(objective);
  if (parameters.length === 0) throw requestInvalid('parameters', 'at least one parameter', 'none');
  parameters.forEach((parameter, index) => {
    if (known.has(parameter)) return;
    throw requestInvalid(`parameters[${index}]`, 'a known parameter', `${parameter}`);
  });
  checkRange('options.step_count', options?.stepCount ?? 0, 1, 10_000);
  checkRange('options.view_count', options?.viewCount ?? 0, 0, 64);
  checkSteers(steers);
}

function checkSteers(steers: readonly Steer[]): void {
  steers.forEach(({ action, step }, index) => {
    if (!action) throw requestInvalid(`steers[${index}].action`, 'an action', 'nothing');
    checkRange(`steers[${index}].step`, step, steers[index - 1]?.step ?? 0, 10_000);
  });
}

function checkWeightedTexts(field: string, texts: readonly WeightedText[]): void {
  texts.forEach(({ text, weight }, index) => {
    checkText(`${field}[${index}].text`, text);
    if (weight > 0 && Number.isFinite(weight)) return;
    throw requestInvalid(`${field}[${index}].weight`, 'a finite number above 0', `${weight}`);
  });
}
