import { describe, expect, it } from 'vitest';
import { csvBatches, lineBatches, type RecordBatch } from './record-batches.js';

/** Bytes in pieces of a size, so that characters and line ends are torn. */
async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}
async function all<T>(batches: AsyncIterable<RecordBatch<T>>): Promise<RecordBatch<T>[]> {
  const gathered: RecordBatch<T>[] = [];
  for await (const batch of batches) gathered.push(batch);
  return gathered;
}

const csv = Buffer.from(
  '\uFEFFa,b\r\n1,"x, ""y"""\n2,"line\nbreak"\n\n3,🐧 Ça\n4,a "quoted" word\n5\n6,last without an end',
);
const rows = [
  ['a', 'b'],
  ['1', 'x, "y"'],
  ['2', 'line\nbreak'],
  ['3', '🐧 Ça'],
  ['4', 'a "quoted" word'],
  ['5'],
  ['6', 'last without an end'],
];
const lines = Buffer.from('{"a": "🐧"}\r\n\n{"b": 2}\n{"c": 3}');

describe('records', () => {
  it.each([1, 2, 3, 7, 1000])(
    'of CSV are the same in pieces of %i bytes, and from each of their ends',
    async (size) => {
      const whole = await all(csvBatches(pieces(csv, size), 0, 1));
      expect(whole.flatMap(({ records }) => records)).toEqual(rows);
      for (const [index, { endOffset }] of whole.entries()) {
        const rest = await all(csvBatches(pieces(csv.subarray(endOffset), size), endOffset, 2));
        expect(rest.flatMap(({ records }) => records)).toEqual(rows.slice(index + 1));
        expect(rest.at(-1)?.endOffset ?? csv.length).toBe(csv.length);
      }
    },
  );

  it.each([1, 2, 5, 1000])(
    'of lines are the same in pieces of %i bytes, and from each of their ends',
    async (size) => {
      const expected = ['{"a": "🐧"}', '{"b": 2}', '{"c": 3}'];
      const whole = await all(lineBatches(pieces(lines, size), 0, 1));
      expect(whole.flatMap(({ records }) => records)).toEqual(expected);
      for (const [index, { endOffset }] of whole.entries()) {
        const rest = await all(lineBatches(pieces(lines.subarray(endOffset), size), endOffset, 2));
        expect(rest.flatMap(({ records }) => records)).toEqual(expected.slice(index + 1));
      }
      expect(whole.at(-1)!.endOffset).toBe(lines.length);
    },
  );

  it('of CSV end with a clear error where a quote is never closed', async () => {
    const open = Buffer.from(`a,b\n1,2\n3,"${'x'.repeat(3_000_000)}`);
    await expect(all(csvBatches(pieces(open, 65_536), 0, 1))).rejects.toMatchObject({
      name: 'OpenImagesError',
      reason: 'FILE_MALFORMED',
      message: expect.stringContaining('somewhere after byte'),
    });
  });
});
