import type { CollageEvent } from '@collage/proto/collage/v1/collage.js';
import { EVENT_CHANNEL, type EventLog } from './event-log.js';
import type { Notifications } from './notifications.js';
import { isLast } from './what-events-change.js';

const PAGE = 200;
/** However reliable notifications are, every stream looks for itself so often. */
const LOOK_MILLISECONDS = 15_000;

/**
 * Events as they come, to any number of followers of any collages, in whichever process they are written. Notifications
 * only wake; what is followed is the log: so a follower that begins again after the last number it saw misses nothing and
 * sees nothing twice.
 */
export class EventStream {
  /** Wakes the followers of each collage. */
  private readonly followers = new Map<string, Set<() => void>>();
  private readonly unlisten: () => void;

  constructor(
    private readonly log: EventLog,
    notifications: Notifications,
  ) {
    this.unlisten = notifications.listen(EVENT_CHANNEL, (payload) => {
      if (payload === undefined)
        for (const wakes of this.followers.values()) for (const wake of wakes) wake();
      else for (const wake of this.followers.get(payload.split(' ')[0]!) ?? []) wake();
    });
  }

  /**
   * A collage's events after a number, and then those that come, until its last one, or until it is deleted, or until the
   * signal.
   * @throws the signal's reason; what the database throws while it is away
   */
  async *follow(id: string, after: number, signal?: AbortSignal): AsyncGenerator<CollageEvent> {
    let wake: () => void = () => {};
    let awake = true;
    const rouse = () => {
      awake = true;
      wake();
    };
    const wakes = this.followers.get(id) ?? new Set();
    this.followers.set(id, wakes.add(rouse));
    signal?.addEventListener('abort', rouse, { once: true });
    try {
      for (let last = after; ;) {
        signal?.throwIfAborted();
        awake = false;
        const events = await this.log.read(id, last, PAGE);
        for (const event of events) {
          yield event;
          if (isLast(event.event)) return;
          last = event.sequence;
        }
        if (events.length === PAGE) continue;
        if (events.length === 0 && (await this.log.isOver(id, last))) return;
        if (awake) continue;
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, LOOK_MILLISECONDS);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
          if (awake) wake();
        });
      }
    } finally {
      signal?.removeEventListener('abort', rouse);
      wakes.delete(rouse);
      if (wakes.size === 0) this.followers.delete(id);
    }
  }

  close(): void {
    this.unlisten();
  }
}
