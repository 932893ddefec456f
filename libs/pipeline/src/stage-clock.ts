/** Time given as an option of a climb: 0 would mean "no limit". */
const LEAST_SECONDS = 0.001;

/** How a stage stands against the time it may take; begins to run when it is made. */
export class StageClock {
  readonly #began: number;

  /**
   * @param seconds what the stage may take; Infinity: all it wants; 0 or less: the time is up
   * @param now seconds from some fixed point
   * @param spentSeconds of these, before now: by a run that was cut off
   */
  constructor(
    readonly seconds: number,
    private readonly now: () => number,
    private readonly spentSeconds = 0,
  ) {
    this.#began = now();
  }

  /** Whether there is a limit at all. */
  get isLimited(): boolean {
    return this.seconds < Infinity;
  }

  get leftSeconds(): number {
    return this.seconds - this.elapsedSeconds;
  }

  get isUp(): boolean {
    return this.leftSeconds <= 0;
  }

  /** What is left as `OptimizeOptions.time_budget_seconds` has it. */
  get leftAsOption(): number {
    return this.isLimited ? Math.max(LEAST_SECONDS, this.leftSeconds) : 0;
  }

  /** A clock over a share of what is left, beginning now. */
  part(share: number): StageClock {
    return new StageClock(this.leftSeconds * share, this.now);
  }

  /** This clock where part of its time was spent before. */
  after(spentSeconds: number): StageClock {
    return new StageClock(this.seconds, this.now, spentSeconds);
  }

  /** Whether so many more fit in at the pace of those done so far, at least 1. */
  fits(doneCount: number, moreCount: number): boolean {
    return this.elapsedSeconds * (1 + moreCount / doneCount) <= this.seconds;
  }

  /** How many it will be in all at the pace so far, at most `limit`: what progress is shown against. */
  expectedTotal(doneCount: number, limit: number): number {
    const elapsed = this.elapsedSeconds;
    const expected = elapsed > 0 ? Math.round((doneCount * this.seconds) / elapsed) : limit;
    return Math.max(doneCount, Math.min(limit, expected));
  }

  /** Since it began, with what was spent before. */
  get elapsedSeconds(): number {
    return this.spentSeconds + this.now() - this.#began;
  }
}
