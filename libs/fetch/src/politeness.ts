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

interface Lane {
  places: Places;
  /** As {@link Clock.elapsed} counts. */
  nextStart: number;
}

/** A host that wants to be left alone for longer than the caller has patience. */
export class HostPaused extends Error {
  override readonly name = 'HostPaused';
  constructor(readonly secondsLeft: number) {
    super(`The host asked to be left alone for ${Math.ceil(secondsLeft)} s more`);
  }
}

/**
 * Keeps a whole process polite: for each host, or all hosts of an operator together, a few requests at a time, in the
 * order they came, started no faster than the interval. None to a host while that asked to be left alone, which it asks
 * for itself only: the pictures of a wiki whose databases lag lie elsewhere.
 */
export class Politeness {
  readonly #lanes = new Map<string, Lane>();
  /** By host, as {@link Clock.elapsed} counts. */
  readonly #pausedUntil = new Map<string, number>();

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
    for (;;) {
      // Without a place: the operator's other hosts may be asked meanwhile.
      await this.#waitOut(host, patienceMilliseconds, signal);
      const leave = await lane.places.take(signal);
      try {
        for (let wait; (wait = lane.nextStart - this.clock.elapsed()) > 0;) {
          await this.clock.sleep(wait, signal);
        }
      } catch (error) {
        leave();
        throw error;
      }
      if (this.#pauseLeft(host) <= 0) {
        lane.nextStart = this.clock.elapsed() + this.limits.intervalMilliseconds;
        return leave;
      }
      leave();
    }
  }

  /** Starts no request to the host for so long. */
  pause(host: string, milliseconds: number): void {
    const until = this.clock.elapsed() + milliseconds;
    this.#pausedUntil.set(host, Math.max(this.#pausedUntil.get(host) ?? until, until));
  }

  async #waitOut(host: string, patienceMilliseconds: number, signal?: AbortSignal): Promise<void> {
    for (let pause; (pause = this.#pauseLeft(host)) > 0;) {
      if (pause > patienceMilliseconds) throw new HostPaused(pause / 1000);
      await this.clock.sleep(pause, signal);
    }
  }

  #pauseLeft(host: string): number {
    return (this.#pausedUntil.get(host) ?? -Infinity) - this.clock.elapsed();
  }

  #lane(host: string): Lane {
    const name = operatorOf(host);
    let lane = this.#lanes.get(name);
    if (!lane) {
      lane = { places: new Places(this.limits.inFlightPerHost), nextStart: -Infinity };
      this.#lanes.set(name, lane);
    }
    return lane;
  }
}
