import { describe, expect, it } from 'vitest';
import { IterationSample } from './iteration-sample.js';

function chosenOf(stepCount: number): number[] {
  const sample = new IterationSample<number>();
  for (let step = 1; step <= stepCount; step++) sample.take(step, step);
  return sample.chosen.map(({ value }) => value);
}

describe('IterationSample', () => {
  it.each([
    [0, []],
    [1, [1]],
    [2, [1, 2]],
    [3, [1, 2, 3]],
    [25, [1, 13, 25]],
    [100, [1, 50, 100]],
  ])('chooses the first, the middle and the last of %i', (stepCount, steps) => {
    expect(chosenOf(stepCount)).toEqual(steps);
  });

  it('comes close to the middle of very many without holding them all', () => {
    const [first, middle, last] = chosenOf(10_000);
    expect([first, last]).toEqual([1, 10_000]);
    expect(Math.abs(middle! - 5_000)).toBeLessThan(100);
  });
});
