import { ProblemError } from './problem.js';

/** A number of places for work that takes memory; who comes when all are taken is asked to come again. */
export class Places {
  private taken = 0;

  constructor(
    private readonly count: number,
    /** What they are for, as in "too many … at once". */
    private readonly what: string,
  ) {}

  /**
   * Takes a place.
   * @returns gives it back; calling it again does nothing
   * @throws ProblemError 503 where none is free
   */
  take(): () => void {
    if (this.taken >= this.count) {
      throw new ProblemError({
        status: 503,
        reason: 'BUSY',
        detail: `Too many ${this.what} at once (${this.count}). Try again soon.`,
        retryAfterSeconds: 1,
      });
    }
    this.taken++;
    let isBack = false;
    return () => {
      if (!isBack) this.taken--;
      isBack = true;
    };
  }
}
