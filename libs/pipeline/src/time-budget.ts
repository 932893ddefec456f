import type { CollageOptions } from '@collage/proto/collage/v1/collage.js';
import { StageClock } from './stage-clock.js';

/** The stages that share a time budget, in their order. */
const budgeted = ['background', 'layouts', 'climb'] as const;
export type BudgetedStage = (typeof budgeted)[number];

/**
 * What each gets of the budget, if all are done. Trying variations of a layout wins most for its time, the climb the
 * rest; a background has few colors to find.
 */
const shares: Record<BudgetedStage, number> = { background: 0.12, layouts: 0.63, climb: 0.25 };

/** What a time budget may be spent on at most, where no count is given: more is not seen in a picture. */
export const budgetLimits = {
  layoutCount: 2_000,
  variationCount: 10_000,
  backgroundIterationCount: 400,
  iterationCount: 10_000,
} satisfies Partial<CollageOptions>;

/** The time that background, layouts and climb may take together; what is left of it begins to run when it is made. */
export class TimeBudget {
  readonly #ends: number;
  readonly #shares: Record<BudgetedStage, number>;

  /**
   * @param now seconds from some fixed point
   * @param spentSeconds of the budget, before now
   */
  constructor(
    { timeBudgetSeconds, backgroundIterationCount, iterationCount }: CollageOptions,
    private readonly now: () => number,
    spentSeconds = 0,
  ) {
    this.#ends = timeBudgetSeconds > 0 ? now() + timeBudgetSeconds - spentSeconds : Infinity;
    this.#shares = {
      ...shares,
      ...(backgroundIterationCount < 1 && { background: 0 }),
      ...(iterationCount < 1 && { climb: 0 }),
    };
  }

  /**
   * The clock of a stage, to be asked for as it begins: it may take its share of what is left for it and those after
   * it. So what one leaves is handed on to all that follow, and what one overdraws is taken from all.
   */
  clockOf(stage: BudgetedStage): StageClock {
    const rest = budgeted.slice(budgeted.indexOf(stage));
    const all = rest.reduce((sum, each) => sum + this.#shares[each], 0);
    const share = all > 0 ? this.#shares[stage] / all : 1;
    return new StageClock((this.#ends - this.now()) * share, this.now);
  }
}

/**
 * The options with what was done in the time given, so that the recipe replays without a clock: with these counts and no
 * budget. Without a budget they stay as they were asked for.
 */
export function recordDone(
  options: CollageOptions,
  done: Partial<Record<keyof typeof budgetLimits, number>>,
): CollageOptions {
  if (options.timeBudgetSeconds === 0) return options;
  // As options have it: 0 would mean "the default", -1 means none.
  const counts = Object.entries(done).map(([name, count]) => [name, count > 0 ? count : -1] as const);
  return { ...options, ...Object.fromEntries(counts) };
}
