import { Places } from '@collage/places/places.js';
import type { Clock } from './clock.js';
import { operatorOf } from './operators.js';

/** How much of a host's attention we take; hosts of one operator (`operators.ts`) count as one. */
export interface PolitenessLimits {
  /** Requests to one host at a time; Wikimedia asks for no more than two. */
  inFlightPerHost: number;
  /** Shortest time between the starts of two requests to one host. */
  intervalMilliseconds: number;
}

/** Times are those of {@link Clock.elapsed}. */
interface Lane {
  places: Places;
  nextStart: number;
  pausedUntil: number;
}

/** A host that wants to be left alone for longer than the caller has patience. */
export class HostPaused extends Error {
  override readonly name = 'HostPaused';
  constructor(readonly secondsLeft: number) {
    super(`The host asked to be left alone for ${Math.ceil(secondsLeft)} s more`);
  }
}

/**
 * Keeps a whole process polite: for each host a few requests at a time, in the order they came, started no
 * faster than the interval, and none while the host asked to be left alone.
 */
export class Politeness {
  readonly #lanes = new Map<string, Lane>();

  constructor(
    private readonly limits: PolitenessLimits,
    private readonly clock: Pick<Clock, 'elapsed' | 'sleep'>,
  ) {}

  /**
   * Waits until a request to the host may start.
   * @param patienceMilliseconds the longest pause that is waited for; waiting in line does not count
   * @returns to be called when the request has ended, its body included
   * @throws HostPaused at once where the pause is longer; the signal's reason if it aborts
   */
  async enter(host: string, patienceMilliseconds: number, signal?: AbortSignal): Promise<() => void> {
    const lane = this.#lane(host);
    const leave = await lane.places.take(signal);
    try {
      for (;;) {
        const now = this.clock.elapsed();
        const pause = lane.pausedUntil - now;
        if (pause > patienceMilliseconds) throw new HostPaused(pause / 1000);
        const wait = Math.max(pause, lane.nextStart - now);
        if (wait <= 0) break;
        await this.clock.sleep(wait, signal);
      }
    } catch (error) {
      leave();
      throw error;
    }
    lane.nextStart = this.clock.elapsed() + this.limits.intervalMilliseconds;
    return leave;
  }

  /** Starts no request to the host for so long. */
  pause(host: string, milliseconds: number): void {
    const lane = this.#lane(host);
    lane.pausedUntil = Math.max(lane.pausedUntil, this.clock.elapsed() + milliseconds);
  }

  #lane(host: string): Lane {
    const name = operatorOf(host);
    let lane = this.#lanes.get(name);
    if (!lane) {
      lane = {
        places: new Places(this.limits.inFlightPerHost),
        nextStart: -Infinity,
        pausedUntil: -Infinity,
      };
      this.#lanes.set(name, lane);
    }
    return lane;
  }
}
