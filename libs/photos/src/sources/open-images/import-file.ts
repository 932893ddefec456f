import type pg from 'pg';
import { cancelable } from '@collage/database/cancelable.js';
import type { Database } from '@collage/database/database.js';
import { type FileContents, fileContents } from './file-contents.js';
import { type MetadataFile, metadataFile, mustBeUnchanged } from './metadata-file.js';
import { OpenImagesError } from './open-images-error.js';
import { addCounts, type SkipCounts, sum } from './skip-counts.js';

/** How far the import of a file is. Rows are all of the file's, those of earlier runs included. */
export interface ImportProgress {
  path: string;
  /** What is done with the file: read once for its digest, then imported. */
  step: 'checking' | 'importing';
  /** Rows taken in. */
  rowCount: number;
  /** Rows left out, by reason. */
  skipped: SkipCounts;
  /** Bytes of the file on disk that were read, of how many. */
  bytesDone: number;
  bytesTotal: number;
}

/** A file that was imported. */
export interface ImportedFile extends Pick<ImportProgress, 'path' | 'rowCount' | 'skipped'> {
  kind: FileContents['kind'];
  /** It was imported before, and is the same: nothing was to do. */
  alreadyDone: boolean;
}

export interface ImportOptions {
  onProgress?: (progress: ImportProgress) => void;
  /** Rows of one transaction. */
  batchSize?: number;
}

/** Advisory lock of whoever imports: two would wait for each other's texts. */
const IMPORTING = 7_305_004;

/** Memory stays flat, and a transaction is a small part of the work. */
const BATCH_SIZE = 2000;

interface Position {
  offset: number;
  rowCount: number;
  skipped: SkipCounts;
  finished: boolean;
}

/**
 * Takes in one metadata file of OpenImages: a list of images, names of classes, labels or Localized Narratives, plain or
 * gzip. Rows and the place up to which they are taken in are written in one transaction, so an import that was cut off,
 * however hard, goes on where it was and nothing is lost or there twice. A file that changed begins again: images and
 * classes replace those of the same id, a label of confidence 0 takes back what was said before, captions are added (a
 * photo may have several, which have no ids); what it no longer has stays. Labels and captions need their images imported
 * before, labels their classes too; others are counted as left out.
 *
 * @throws OpenImagesError; what was committed until then stays, and so it is when the signal aborts
 */
export async function importFile(
  database: Database,
  name: string,
  { onProgress, batchSize = BATCH_SIZE }: ImportOptions = {},
  signal?: AbortSignal,
): Promise<ImportedFile> {
  const nothing = { rowCount: 0, skipped: {} };
  const file = await metadataFile(
    name,
    (bytesDone, bytesTotal) =>
      onProgress?.({ path: name, step: 'checking', ...nothing, bytesDone, bytesTotal }),
    signal,
  );
  const contents = await fileContents(file);
  const { pool } = await database.connect();
  const client = await pool.connect();
  try {
    await lock(client);
    // What a power cut takes away is rows and place together.
    await client.query('SET synchronous_commit TO off');
    // Each batch looks up few rows of many.
    await client.query('SET enable_seqscan TO off');
    const start = await startOf(client, file, contents);
    const { path } = file;
    if (start.finished) {
      return { path, kind: contents.kind, ...pick(start), alreadyDone: true };
    }
    const end = await takeIn(client, file, contents, start, { onProgress, batchSize }, signal);
    await mustBeUnchanged(file);
    await cancelable(pool, client, signal, () => tidyUp(client, contents));
    // Last: an import that is ended while it tidies up does so the next time.
    await client.query(
      'UPDATE import_progress SET finished_at = now(), updated_at = now() WHERE source = $1',
      [path],
    );
    return { path, kind: contents.kind, ...pick(end), alreadyDone: false };
  } finally {
    // The server notices a closed connection only a moment later: the next file would find the lock held.
    await client.query('SELECT pg_advisory_unlock($1)', [IMPORTING]).catch(() => {});
    // With its settings.
    client.release(true);
  }
}

/** What millions of rows take seconds for: licenses that no photo has any more are forgotten, and the planner is told of the rows. */
async function tidyUp(client: pg.ClientBase, { kind }: FileContents): Promise<void> {
  if (kind === 'images') {
    await client.query(
      'DELETE FROM open_image_license AS listed ' +
        'WHERE NOT EXISTS (SELECT 1 FROM open_image WHERE license_url = listed.license_url)',
    );
  }
  await client.query('ANALYZE open_image, text, image_text, open_image_class');
}

/** Writes one batch while the next is read. */
async function takeIn(
  client: pg.ClientBase,
  file: MetadataFile,
  contents: FileContents,
  start: Position,
  { onProgress, batchSize }: ImportOptions & { batchSize: number },
  signal?: AbortSignal,
): Promise<Position> {
  let at = start;
  let bytesDone = 0;
  let writing: Promise<void> = Promise.resolve();
  const write = async (records: readonly unknown[], offset: number): Promise<void> => {
    at = await writeBatch(client, file, contents, records, { ...at, offset });
    onProgress?.({ path: file.path, step: 'importing', ...pick(at), bytesDone, bytesTotal: file.size });
  };
  const batches = contents.batches(start.offset, batchSize, (done) => (bytesDone = done), signal);
  try {
    for await (const { records, endOffset } of batches) {
      await writing;
      signal?.throwIfAborted();
      writing = write(records, endOffset);
      // Awaited before the next; until then its error must not end the process.
      writing.catch(() => undefined);
    }
  } finally {
    await writing;
  }
  return at;
}

async function writeBatch(
  client: pg.ClientBase,
  { path }: MetadataFile,
  contents: FileContents,
  records: readonly unknown[],
  before: Position,
): Promise<Position> {
  await client.query('BEGIN');
  try {
    const skipped = await contents.write(client, records);
    const skippedCount = sum(skipped);
    const after = {
      ...before,
      rowCount: before.rowCount + records.length - skippedCount,
      skipped: addCounts(before.skipped, skipped),
    };
    await client.query(
      'UPDATE import_progress SET byte_offset = $2, row_count = $3, skipped_count = $4, skip_reasons = $5, ' +
        'updated_at = now() WHERE source = $1',
      [path, after.offset, after.rowCount, sum(after.skipped), JSON.stringify(after.skipped)],
    );
    await client.query('COMMIT');
    return after;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

/**
 * Where to begin: after what was taken in of the same version of the file, else at its first record. A file of which rows
 * told of images or classes that were not there is read again: they may have been imported since.
 */
async function startOf(
  client: pg.ClientBase,
  { path, version }: MetadataFile,
  { firstOffset }: FileContents,
): Promise<Position> {
  await client.query(
    `INSERT INTO import_progress AS known (source, version, byte_offset) VALUES ($1, $2, $3)
     ON CONFLICT (source) DO UPDATE SET version = $2, byte_offset = $3, row_count = 0, skipped_count = 0,
       skip_reasons = '{}', updated_at = now(), finished_at = NULL
     WHERE known.version <> $2
       OR (known.finished_at IS NOT NULL AND known.skip_reasons::jsonb ?| ARRAY['IMAGE_NOT_LISTED', 'CLASS_UNKNOWN'])`,
    [path, version, firstOffset],
  );
  const { rows } = await client.query<{
    byte_offset: string;
    row_count: string;
    skip_reasons: SkipCounts;
    finished_at: Date | null;
  }>('SELECT byte_offset, row_count, skip_reasons, finished_at FROM import_progress WHERE source = $1', [
    path,
  ]);
  const { byte_offset, row_count, skip_reasons, finished_at } = rows[0]!;
  return {
    offset: Number(byte_offset),
    rowCount: Number(row_count),
    skipped: skip_reasons,
    finished: finished_at !== null,
  };
}

async function lock(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query('SELECT pg_try_advisory_lock($1) AS got', [IMPORTING]);
  if (rows[0].got) return;
  throw new OpenImagesError(
    'IMPORT_BUSY',
    'Another process is importing files of OpenImages into this database: wait for it to end, then import again.',
  );
}

function pick({ rowCount, skipped }: Position): Pick<ImportProgress, 'rowCount' | 'skipped'> {
  return { rowCount, skipped };
}
