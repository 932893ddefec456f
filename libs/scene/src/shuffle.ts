/** A random order in which better scores tend to come first: each rank is `LIKELIER` times as likely as the next. */
export function shuffledByScore<T extends { score: number }>(parts: T[], random: () => number): T[] {
  // Weighted sampling without replacement by exponential keys (Efraimidis and Spirakis 2006).
  return [...parts]
    .sort((one, other) => other.score - one.score)
    .map((part, rank) => ({ part, key: -Math.log(1 - random()) * LIKELIER ** rank }))
    .sort((one, other) => one.key - other.key)
    .map(({ part }) => part);
}

const LIKELIER = 1.35;
