import { type Channel, connectivityState } from '@grpc/grpc-js';

/** Counts how often a channel has connected: at the other end of each connection there may be another server. */
export class ConnectionCount {
  #value = 0;

  constructor(private readonly channel: Channel) {
    this.#watchFrom(channel.getConnectivityState(false));
  }

  get value(): number {
    return this.#value;
  }

  #watchFrom(state: connectivityState): void {
    this.channel.watchConnectivityState(state, Infinity, () => {
      const next = this.channel.getConnectivityState(false);
      if (next === connectivityState.READY) this.#value += 1;
      if (next !== connectivityState.SHUTDOWN) this.#watchFrom(next);
    });
  }
}
