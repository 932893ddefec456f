import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse, type Info } from 'csv-parse';
import { OpenImagesError } from './open-images-error.js';

/** Records that lie one after another in a file. */
export interface RecordBatch<T> {
  records: T[];
  /** Where, in decompressed bytes, the first record after these begins. */
  endOffset: number;
}

/** No row of OpenImages comes near: a quote that is never closed would else swallow the file. */
const MAX_ROW_BYTES = 1024 * 1024;
/** Narratives with the traces of the mouse reach hundreds of kilobytes. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;

/**
 * The rows of a CSV file, fields as text. Quotes within a field that is not quoted stand for themselves; rows may have
 * any number of fields; empty lines are no rows.
 * @param chunks the file's bytes, from the beginning of a row at `offset` on
 * @throws OpenImagesError FILE_MALFORMED where a quote is not closed
 */
export async function* csvBatches(
  chunks: AsyncIterable<Buffer>,
  offset: number,
  batchSize: number,
): AsyncGenerator<RecordBatch<string[]>> {
  const parser = parse({
    bom: offset === 0,
    info: true,
    // Told, not guessed from the first row: a resumed file must be read as it was begun.
    record_delimiter: ['\r\n', '\n'],
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_ROW_BYTES,
  });
  const feeding = pipeline(Readable.from(chunks), parser);
  // The parser throws the same.
  feeding.catch(() => undefined);
  let records: string[][] = [];
  let endOffset = offset;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      records.push(record);
      endOffset = offset + info.bytes;
      if (records.length === batchSize) {
        yield { records, endOffset };
        records = [];
      }
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new OpenImagesError(
      'FILE_MALFORMED',
      `Expected rows of CSV but received others somewhere after byte ${endOffset}: ${error.message}`,
      { cause: error },
    );
  }
  if (records.length > 0) yield { records, endOffset };
}

/**
 * The lines of a file, without their ends; the last one needs none.
 * @param chunks the file's bytes, from the beginning of a line at `offset` on
 * @throws OpenImagesError FILE_MALFORMED where a line is longer than any narrative
 */
export async function* lineBatches(
  chunks: AsyncIterable<Buffer>,
  offset: number,
  batchSize: number,
): AsyncGenerator<RecordBatch<string>> {
  let records: string[] = [];
  let endOffset = offset;
  let begun: Buffer[] = [];
  let begunBytes = 0;
  const take = (end: Buffer, newlineBytes: number): void => {
    const line = Buffer.concat([...begun, end]);
    begun = [];
    begunBytes = 0;
    endOffset += line.length + newlineBytes;
    const text = line.toString('utf8').trim();
    if (text !== '') records.push(text);
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let newline = chunk.indexOf(10); newline !== -1; newline = chunk.indexOf(10, from)) {
      take(chunk.subarray(from, newline), 1);
      from = newline + 1;
      if (records.length === batchSize) {
        yield { records, endOffset };
        records = [];
      }
    }
    // A copy: the rest of the chunk may go.
    begun.push(Buffer.from(chunk.subarray(from)));
    begunBytes += chunk.length - from;
    if (begunBytes > MAX_LINE_BYTES) {
      throw new OpenImagesError(
        'FILE_MALFORMED',
        `Expected lines of at most ${MAX_LINE_BYTES} bytes but received a longer one after byte ${endOffset}.`,
      );
    }
  }
  if (begunBytes > 0) take(Buffer.alloc(0), 0);
  if (records.length > 0) yield { records, endOffset };
}
