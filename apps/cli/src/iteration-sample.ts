/** More are not held at a time; beyond, every other one is let go. */
const HELD_COUNT = 256;

/** The first, the middle and the last of steps whose number nobody knows before the end. */
export class IterationSample<Value> {
  private held: { step: number; value: Value }[] = [];
  private last?: { step: number; value: Value };
  private stride = 1;

  /** Takes the next step; steps come in order, from 1. */
  take(step: number, value: Value): void {
    this.last = { step, value };
    if ((step - 1) % this.stride === 0) this.held.push(this.last);
    if (this.held.length < HELD_COUNT) return;
    this.stride *= 2;
    this.held = this.held.filter((each) => (each.step - 1) % this.stride === 0);
  }

  /** In order, each once; the middle one is off by less than a hundredth of all steps. */
  get chosen(): { step: number; value: Value }[] {
    if (!this.last) return [];
    const middle = Math.ceil(this.last.step / 2);
    const nearest = this.held.reduce((best, each) =>
      Math.abs(each.step - middle) < Math.abs(best.step - middle) ? each : best,
    );
    return [...new Map([this.held[0]!, nearest, this.last].map((each) => [each.step, each])).values()];
  }
}
