/**
 * Work that is done in rounds, one at a time. Who asks for a round while one is under way gets another after it: that one may
 * have looked before there was what it is asked to look for.
 */
export class Rounds {
  private under?: Promise<void>;
  private askedAgain = false;
  private ended = false;

  /** @param round never rejects */
  constructor(private readonly round: () => Promise<void>) {}

  /** Asks for a round that begins from now on. */
  ask(): void {
    if (this.ended) return;
    if (this.under) {
      this.askedAgain = true;
      return;
    }
    this.under = this.round().finally(() => {
      this.under = undefined;
      if (!this.askedAgain) return;
      this.askedAgain = false;
      this.ask();
    });
  }

  /** No round begins any more; resolves when the last has ended. */
  async end(): Promise<void> {
    this.ended = true;
    await this.under;
  }
}
