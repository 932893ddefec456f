import type pg from 'pg';
import { IMAGE_COLUMNS, imageReader } from './image-row.js';
import { type FoundFile, readFrom } from './metadata-file.js';
import { OpenImagesError } from './open-images-error.js';
import { csvBatches, lineBatches, type RecordBatch } from './record-batches.js';
import { addCounts, type SkipCounts } from './skip-counts.js';
import { CLASS_COLUMNS, CLASS_ID, LABEL_COLUMNS, labelReader, readCaption, readClass } from './text-rows.js';
import { writeImages } from './write-images.js';
import { writeCaptions, writeClasses, writeLabels } from './write-texts.js';

/** What a file holds, and how it is taken in. */
export interface FileContents {
  kind: 'images' | 'classes' | 'machine labels' | 'labels' | 'narratives';
  /** Where its first record begins, in decompressed bytes. */
  firstOffset: number;
  /** Its records from `offset` on, as `write` takes them; throws the signal's reason once it aborts. */
  batches(
    offset: number,
    size: number,
    onBytes: (done: number) => void,
    signal?: AbortSignal,
  ): AsyncIterable<RecordBatch<unknown>>;
  /** Writes records; resolves to how many of them were left out, by reason. */
  write(client: pg.ClientBase, records: readonly unknown[]): Promise<SkipCounts>;
}

/**
 * Finds out what a file holds by how it begins: a list of images, names of classes, labels, or Localized Narratives.
 * @throws OpenImagesError FILE_UNKNOWN, FILE_MALFORMED
 */
export async function fileContents(file: FoundFile): Promise<FileContents> {
  const beginning = await beginningOf(file);
  if (/^\s*\{/.test(beginning)) {
    const batches: FileContents['batches'] = (offset, size, onBytes, signal) =>
      lineBatches(readFrom(file, offset, onBytes, signal), offset, size);
    return { kind: 'narratives', firstOffset: 0, batches, write: writer(readCaption, writeCaptions) };
  }
  const { header, firstOffset } = await headerOf(file);
  const batches: FileContents['batches'] = (offset, size, onBytes, signal) =>
    csvBatches(readFrom(file, offset, onBytes, signal), offset, size);
  const has = (columns: readonly string[]): boolean => columns.every((name) => header.includes(name));
  if (has(IMAGE_COLUMNS)) {
    return { kind: 'images', firstOffset, batches, write: writer(imageReader(header), writeImages) };
  }
  if (has(LABEL_COLUMNS)) {
    const kind =
      (await firstSource(
        header,
        batches(firstOffset, 1, () => {}),
      )) === 'machine'
        ? 'machine labels'
        : 'labels';
    return { kind, firstOffset, batches, write: writer(labelReader(header), writeLabels) };
  }
  const isBare = header.length === 2 && CLASS_ID.test(header[0]!);
  if (isBare || (has(CLASS_COLUMNS) && header.length === 2)) {
    return {
      kind: 'classes',
      firstOffset: isBare ? 0 : firstOffset,
      batches,
      write: writer(readClass, writeClasses),
    };
  }
  throw new OpenImagesError(
    'FILE_UNKNOWN',
    `Expected a file of OpenImages (columns ${IMAGE_COLUMNS.join(', ')}; ${LABEL_COLUMNS.join(', ')}; ` +
      `${CLASS_COLUMNS.join(', ')}; or lines of JSON with image_id and caption) but ${file.path} begins with ` +
      `"${beginning.slice(0, 100)}".`,
  );
}

/** Reads records, counts those that can't be used by reason, and writes the others. */
function writer<R, T extends object>(
  read: (record: R) => T | string,
  write: (client: pg.ClientBase, rows: readonly T[]) => Promise<SkipCounts>,
): FileContents['write'] {
  return async (client, records) => {
    const counts: SkipCounts = {};
    const rows: T[] = [];
    for (const record of records as readonly R[]) {
      const row = read(record);
      if (typeof row === 'string') counts[row] = (counts[row] ?? 0) + 1;
      else rows.push(row);
    }
    return rows.length > 0 ? addCounts(counts, await write(client, rows)) : counts;
  };
}

/** Who gave the first label of a file: those of people and machines come in files of their own. */
async function firstSource(
  header: readonly string[],
  batches: AsyncIterable<RecordBatch<unknown>>,
): Promise<string | undefined> {
  for await (const { records } of batches) {
    return (records as readonly string[][])[0]?.[header.indexOf('Source')];
  }
  return undefined;
}

async function beginningOf(file: FoundFile): Promise<string> {
  for await (const chunk of readFrom(file, 0)) {
    return chunk
      .subarray(0, 1000)
      .toString('utf8')
      .replace(/^\uFEFF/, '');
  }
  return '';
}

async function headerOf(file: FoundFile): Promise<{ header: string[]; firstOffset: number }> {
  for await (const { records, endOffset } of csvBatches(readFrom(file, 0), 0, 1)) {
    return { header: records[0]!.map((name) => name.trim()), firstOffset: endOffset };
  }
  return { header: [], firstOffset: 0 };
}
