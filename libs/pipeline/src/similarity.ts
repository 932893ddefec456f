import { mustBeOfModel, type ModelVector } from '@collage/inference/same-model.js';

/**
 * Cosine of two unit vectors of the same model.
 * @throws InferenceError `MODEL_CHANGED` on vectors of different models, however alike they look
 */
export function cosine(a: ModelVector, b: ModelVector): number {
  mustBeOfModel(a.model, b.model.digest, 'vectors');
  const { name } = a.model;
  if (a.values.length !== b.values.length) {
    throw new Error(
      `Expected ${name} vectors of one width, but they are ${a.values.length} and ${b.values.length} wide`,
    );
  }
  let sum = 0;
  for (let i = 0; i < a.values.length; i++) sum += a.values[i]! * b.values[i]!;
  return sum;
}

/** Values as standard deviations from their mean; all zero where they do not differ. */
export function standardize(values: number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
  const deviation = Math.sqrt(
    values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(values.length, 1),
  );
  return values.map((value) => (deviation > 1e-9 ? (value - mean) / deviation : 0));
}
