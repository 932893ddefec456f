import { describe, expect, it } from 'vitest';
import { CollageOptions } from '@collage/proto/collage/v1/collage.js';
import { recordDone, TimeBudget } from './time-budget.js';

/** A clock that is moved by hand. */
function clock() {
  let time = 100;
  return { now: () => time, pass: (seconds: number) => (time += seconds) };
}
const wanted = (given: Partial<CollageOptions>) =>
  CollageOptions.create({ backgroundIterationCount: 100, iterationCount: 100, ...given });

describe('TimeBudget', () => {
  it('gives the background 12 %, the layouts 63 % and the climb the rest', () => {
    const { now, pass } = clock();
    const budget = new TimeBudget(wanted({ timeBudgetSeconds: 20 }), now);
    expect(budget.clockOf('background').seconds).toBeCloseTo(2.4);
    pass(2.4);
    expect(budget.clockOf('layouts').seconds).toBeCloseTo(12.6);
    pass(12.6);
    expect(budget.clockOf('climb').seconds).toBeCloseTo(5);
  });

  it('hands on what a stage leaves to all that follow', () => {
    const { now } = clock();
    const budget = new TimeBudget(wanted({ timeBudgetSeconds: 22 }), now);
    // The background took no time: 63 and 25 of 88 parts.
    expect(budget.clockOf('layouts').seconds).toBeCloseTo(15.75);
    expect(budget.clockOf('climb').seconds).toBeCloseTo(22);
  });

  it('takes what a stage overdraws from all that follow', () => {
    const { now, pass } = clock();
    const budget = new TimeBudget(wanted({ timeBudgetSeconds: 20 }), now);
    pass(11.2);
    expect(budget.clockOf('layouts').seconds).toBeCloseTo(6.3);
    pass(9);
    expect(budget.clockOf('climb').isUp).toBe(true);
  });

  it('gives nothing to stages that are not wanted', () => {
    const { now } = clock();
    const none = { timeBudgetSeconds: 20, backgroundIterationCount: -1, iterationCount: -1 };
    expect(new TimeBudget(wanted(none), now).clockOf('layouts').seconds).toBeCloseTo(20);
  });

  it('limits nothing where no time is given', () => {
    const budget = new TimeBudget(wanted({}), clock().now);
    for (const stage of ['background', 'layouts', 'climb'] as const) {
      expect(budget.clockOf(stage)).toMatchObject({ isLimited: false, isUp: false, leftAsOption: 0 });
    }
  });
});

describe('recordDone', () => {
  it('writes down what was done in the time given, -1 for nothing, and keeps the time', () => {
    const options = wanted({ timeBudgetSeconds: 20, layoutCount: 2000 });
    const done = recordDone(options, { layoutCount: 88, iterationCount: 0 });
    expect(done).toMatchObject({ timeBudgetSeconds: 20, layoutCount: 88, iterationCount: -1 });
    expect(done.backgroundIterationCount).toBe(100);
  });

  it('keeps what was asked for where no time is given', () => {
    expect(recordDone(wanted({}), { iterationCount: 40 }).iterationCount).toBe(100);
  });
});
