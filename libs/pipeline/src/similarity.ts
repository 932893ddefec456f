/** Cosine of two unit vectors of the same model. */
export function cosine(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) {
    throw new Error(`Expected vectors of one model, but they are ${a.length} and ${b.length} wide`);
  }
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
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
