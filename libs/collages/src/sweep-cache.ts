const HOUR = 3_600_000;

/** What a cache keeps, as its list shows it. */
export interface CacheEntry {
  sizeBytes: number;
  /** When it was stored or, where the cache takes note of that, last used. */
  storedAt: Date;
}

/** A cache: any of it may be deleted at any time, and is made or fetched again when it is needed. */
export interface SweepableCache {
  list(): AsyncIterable<CacheEntry>;
  /** Removes an entry that was listed; that it is gone already is no error. */
  delete(entry: CacheEntry): Promise<void>;
}

/** What is left, and what went. */
export interface CacheSwept {
  storedBytes: number;
  deletedCount: number;
}

/**
 * Deletes what is older than a moment, and of the rest, where it takes more than it may, the oldest: all of the hours of
 * its ages that are too many. However much there is, only sums are in memory.
 */
export async function sweepCache(
  cache: SweepableCache,
  { before, limitBytes }: { before: Date; limitBytes: number },
): Promise<CacheSwept> {
  let [storedBytes, deletedCount] = [0, 0];
  const bytesOfHour = new Map<number, number>();
  for await (const entry of cache.list()) {
    if (entry.storedAt < before) {
      await cache.delete(entry);
      deletedCount++;
      continue;
    }
    storedBytes += entry.sizeBytes;
    bytesOfHour.set(hourOf(entry), (bytesOfHour.get(hourOf(entry)) ?? 0) + entry.sizeBytes);
  }
  if (storedBytes <= limitBytes) return { storedBytes, deletedCount };
  let lastHour = -Infinity;
  for (const [hour, bytes] of [...bytesOfHour].sort(([a], [b]) => a - b)) {
    if (storedBytes <= limitBytes) break;
    storedBytes -= bytes;
    lastHour = hour;
  }
  for await (const entry of cache.list()) {
    if (hourOf(entry) > lastHour) continue;
    await cache.delete(entry);
    deletedCount++;
  }
  return { storedBytes, deletedCount };
}

function hourOf({ storedAt }: CacheEntry): number {
  return Math.floor(storedAt.getTime() / HOUR);
}
