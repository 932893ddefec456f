import { describe, expect, it } from 'vitest';
import { type CacheEntry, sweepCache } from './sweep-cache.js';

const HOUR = 3_600_000;

/** A cache with an entry of 100 bytes for each age in hours. */
function cacheOf(ages: number[]) {
  const now = Date.UTC(2026, 0, 1);
  const left = new Map(
    ages.map((age) => [age, { sizeBytes: 100, storedAt: new Date(now - age * HOUR), age }]),
  );
  return {
    now,
    ages: () => [...left.keys()],
    async *list() {
      yield* left.values();
    },
    async delete(entry: CacheEntry) {
      left.delete((entry as CacheEntry & { age: number }).age);
    },
  };
}

describe('sweepCache', () => {
  it('deletes what is older than it may be, and sums up the rest', async () => {
    const cache = cacheOf([1, 50, 20, 70]);
    const terms = { before: new Date(cache.now - 49 * HOUR), limitBytes: Infinity };
    expect(await sweepCache(cache, terms)).toEqual({ storedBytes: 200, deletedCount: 2 });
    expect(cache.ages()).toEqual([1, 20]);
    expect(await sweepCache(cache, terms)).toEqual({ storedBytes: 200, deletedCount: 0 });
  });

  it('deletes the oldest where they take more than they may, and no more than that', async () => {
    const cache = cacheOf([3, 9, 1, 7, 5]);
    const terms = { before: new Date(0), limitBytes: 250 };
    expect(await sweepCache(cache, terms)).toEqual({ storedBytes: 200, deletedCount: 3 });
    expect(cache.ages()).toEqual([3, 1]);
    expect(await sweepCache(cache, { ...terms, limitBytes: 200 })).toMatchObject({ deletedCount: 0 });
    expect(await sweepCache(cache, { ...terms, limitBytes: 0 })).toEqual({ storedBytes: 0, deletedCount: 2 });
  });
});
