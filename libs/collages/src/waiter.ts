/** Waits until it is woken, some time has passed, or a signal aborts; a call to wake in between is not lost. */
export class Waiter {
  private awake = false;
  private resolve?: () => void;
  readonly wake = (): void => {
    this.awake = true;
    this.resolve?.();
  };

  constructor(private readonly signal: AbortSignal) {
    signal.addEventListener('abort', this.wake);
  }

  async wait(milliseconds: number): Promise<void> {
    if (!this.awake && !this.signal.aborted) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.resolve = resolve;
        timer = setTimeout(resolve, milliseconds);
      });
      clearTimeout(timer);
      this.resolve = undefined;
    }
    this.awake = false;
  }

  /** Lets go of the signal. */
  close(): void {
    this.signal.removeEventListener('abort', this.wake);
  }
}
