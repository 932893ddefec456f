const MINUTE = 60_000;
/** Beyond so many clients those who have been quiet are forgotten. */
const MOST_CLIENTS = 10_000;

interface Bucket {
  tokens: number;
  at: number;
}

/** Where a client stands after a request. */
export interface Allowance {
  allowed: boolean;
  /** Requests that it may still make at once. */
  remaining: number;
  /** Until all of them are there again, or, when refused, until the next one. */
  waitSeconds: number;
}

/** Token buckets: a minute's requests may come at once, and come back evenly. Counted in this process alone. */
export class RateLimit {
  private readonly buckets = new Map<string, Bucket>();

  /** @param now milliseconds from some fixed point */
  constructor(private readonly now: () => number) {}

  /** Takes a request from what a client has. */
  take(client: string, perMinute: number): Allowance {
    const now = this.now();
    const last = this.buckets.get(client) ?? { tokens: perMinute, at: now };
    const tokens = Math.min(perMinute, last.tokens + ((now - last.at) * perMinute) / MINUTE);
    const allowed = tokens >= 1;
    const left = allowed ? tokens - 1 : tokens;
    // Last in the map is latest seen.
    this.buckets.delete(client);
    this.buckets.set(client, { tokens: left, at: now });
    if (this.buckets.size > MOST_CLIENTS) this.buckets.delete(this.buckets.keys().next().value!);
    const missing = allowed ? perMinute - left : 1 - left;
    return { allowed, remaining: Math.floor(left), waitSeconds: (missing * 60) / perMinute };
  }
}
