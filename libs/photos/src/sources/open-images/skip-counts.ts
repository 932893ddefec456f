/** How many rows were left out, by reason. */
export type SkipCounts = Record<string, number>;

/** Sums of counts by reason. */
export function addCounts(left: SkipCounts, right: SkipCounts): SkipCounts {
  const sums = { ...left };
  for (const [reason, count] of Object.entries(right)) sums[reason] = (sums[reason] ?? 0) + count;
  return sums;
}

/** How many there are in all. */
export function sum(counts: SkipCounts): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
