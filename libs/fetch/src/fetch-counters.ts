import type { FetchReason } from './fetch-error.js';

/** What was asked of one host. */
export interface HostCounts {
  /** Requests sent: tries, redirects and revalidations each count. */
  requests: number;
  /** Bytes of bodies as they came over the wire. */
  bytes: number;
  /** Answers given from the disk without asking. */
  cacheHits: number;
  /** Answers given from the disk after the host said that nothing has changed. */
  revalidations: number;
  /** Texts and photos that could not be had, by reason; tries that were repeated don't count. */
  failures: Partial<Record<FetchReason, number>>;
}

/** Counts by host:port, for logs and for showing that a warm run asks nothing. */
export class FetchCounters {
  readonly #hosts = new Map<string, HostCounts>();

  /** The counts of one host, to be added to. */
  of(host: string): HostCounts {
    let counts = this.#hosts.get(host);
    if (!counts) {
      counts = { requests: 0, bytes: 0, cacheHits: 0, revalidations: 0, failures: {} };
      this.#hosts.set(host, counts);
    }
    return counts;
  }

  failed(host: string, reason: FetchReason): void {
    const { failures } = this.of(host);
    failures[reason] = (failures[reason] ?? 0) + 1;
  }

  /** A copy of all counts, by host. */
  snapshot(): Record<string, HostCounts> {
    return structuredClone(Object.fromEntries(this.#hosts));
  }

  /** All hosts together. */
  total(): HostCounts {
    const total: HostCounts = { requests: 0, bytes: 0, cacheHits: 0, revalidations: 0, failures: {} };
    for (const { requests, bytes, cacheHits, revalidations, failures } of this.#hosts.values()) {
      total.requests += requests;
      total.bytes += bytes;
      total.cacheHits += cacheHits;
      total.revalidations += revalidations;
      for (const [reason, count] of Object.entries(failures) as Array<[FetchReason, number]>) {
        total.failures[reason] = (total.failures[reason] ?? 0) + count;
      }
    }
    return total;
  }
}
