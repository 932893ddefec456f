import { createHash } from 'node:crypto';
import type { ApiClient } from './client-request.js';

/** Limits of a client for whom none are set. */
export interface DefaultLimits {
  requestsPerMinute: number;
  unfinishedCollages: number;
}

/** Who may use the service, by the SHA-256 of their keys: the keys themselves are nowhere. */
export class ApiKeys {
  private readonly clients = new Map<string, ApiClient>();

  /**
   * @param setting API_KEYS: `name:SHA-256[:requests per minute[:unfinished collages]]`, separated by commas; empty:
   *   whoever comes is let in, and all share everything
   */
  constructor(
    setting: string,
    private readonly limits: DefaultLimits,
  ) {
    for (const entry of setting.split(',').filter(Boolean)) {
      const [name = '', hash = '', requests, unfinished] = entry.split(':');
      this.clients.set(hash, {
        owner: name,
        limitedAs: `key ${name}`,
        requestsPerMinute: requests === undefined ? limits.requestsPerMinute : Number(requests),
        unfinishedCollages: unfinished === undefined ? limits.unfinishedCollages : Number(unfinished),
      });
    }
  }

  /**
   * Who asks, by the key they sent; undefined where keys are needed and it is none of ours. Looked up by its hash, whose
   * bytes nobody can choose: how long that takes tells nothing of the others.
   * @param address of the client, whom limits count where there are no keys
   */
  clientOf(key: string | undefined, address: string): ApiClient | undefined {
    if (this.clients.size === 0) return { owner: '', limitedAs: `address ${address}`, ...this.limits };
    if (key === undefined) return undefined;
    return this.clients.get(createHash('sha256').update(key).digest('hex'));
  }
}
