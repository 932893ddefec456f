/** All that an async iterable gives (`Array.fromAsync` is not in Node 20). */
export async function collect<Value>(source: AsyncIterable<Value>): Promise<Value[]> {
  const values: Value[] = [];
  for await (const value of source) values.push(value);
  return values;
}
