import type { StageEvent } from '@collage/pipeline/stage-event.js';

const MAX_EVENTS = 50;
const MAX_MILLISECONDS = 100;

/**
 * Events on their way to the log, a few at a time: a climb tells of ten steps a second, and each write is a transaction.
 * One write at a time; after one has failed, all that follows fails likewise.
 */
export class EventBatch {
  private waiting: StageEvent[] = [];
  private timer?: NodeJS.Timeout;
  private writing = Promise.resolve();
  private failure?: { error: unknown };

  constructor(private readonly write: (events: StageEvent[]) => Promise<unknown>) {}

  /** Takes an event. Waits while a full batch is being written; throws what the last write failed with. */
  async add(event: StageEvent): Promise<void> {
    if (this.failure) throw this.failure.error;
    this.waiting.push(event);
    this.timer ??= setTimeout(() => this.flush(), MAX_MILLISECONDS);
    if (this.waiting.length < MAX_EVENTS) return;
    this.flush();
    await this.written();
  }

  /** Waits for what is being written, and gives back what is not yet: to be written with what comes after it. */
  async end(): Promise<StageEvent[]> {
    clearTimeout(this.timer);
    await this.written();
    return this.waiting.splice(0);
  }

  private async written(): Promise<void> {
    await this.writing;
    if (this.failure) throw this.failure.error;
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.writing = this.writing.then(async () => {
      const events = this.waiting.splice(0);
      if (this.failure || events.length === 0) return;
      try {
        await this.write(events);
      } catch (error) {
        this.failure = { error };
      }
    });
  }
}
