import type { CollageEvent_Skipped, SkippedCount } from '@collage/proto/collage/v1/collage.js';

const EXAMPLE_COUNT = 5;

/**
 * Skips by reason, most frequent first (ties by name), with the first few names of each.
 * @param earlier those counted before; stays as it is
 */
export function countSkipped(
  skips: readonly CollageEvent_Skipped[],
  earlier: readonly SkippedCount[] = [],
): SkippedCount[] {
  const counts = new Map(earlier.map((entry) => [entry.reason, { ...entry, examples: [...entry.examples] }]));
  for (const { reason, name } of skips) {
    const entry = counts.get(reason) ?? { reason, count: 0, examples: [] };
    entry.count += 1;
    if (entry.examples.length < EXAMPLE_COUNT) entry.examples.push(name);
    counts.set(reason, entry);
  }
  return [...counts.values()].sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
}
