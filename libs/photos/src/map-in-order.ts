/**
 * Maps values with a few calls under way at once, and yields the results in the order of the values. Ends
 * early when the consumer stops; throws the signal's reason when it aborts, or the first error of a call.
 */
export async function* mapInOrder<T, R>(
  values: readonly T[],
  atOnce: number,
  map: (value: T) => Promise<R>,
  signal?: AbortSignal,
): AsyncGenerator<R> {
  const pending: Promise<R>[] = [];
  let next = 0;
  while (next < values.length || pending.length > 0) {
    signal?.throwIfAborted();
    while (pending.length < atOnce && next < values.length) {
      const result = map(values[next++]!);
      // Whoever stops early never awaits the last ones; their errors must not end the process.
      result.catch(() => undefined);
      pending.push(result);
    }
    yield await pending.shift()!;
  }
}
