/**
 * The order in which to take from queues: first what is due to each, in turns, then the rest in turns. Nothing is lost
 * and each queue's own order is kept.
 * @param shares how many are due to each queue
 */
export function takeTurns<T>(queues: readonly (readonly T[])[], shares: readonly number[]): T[] {
  const due = queues.map((queue, index) => queue.slice(0, shares[index]));
  const rest = queues.map((queue, index) => queue.slice(shares[index]));
  return [...inTurns(due), ...inTurns(rest)];
}

function inTurns<T>(queues: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...queues.map((queue) => queue.length));
  return Array.from({ length: longest }, (_, turn) =>
    queues.flatMap((queue) => queue.slice(turn, turn + 1)),
  ).flat();
}
