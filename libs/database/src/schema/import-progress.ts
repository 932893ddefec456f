import { bigint, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

/** How far a file was read; write it in one transaction with the rows it counts. */
export const importProgress = pgTable('import_progress', {
  /** The file's name or address. */
  source: text('source').primaryKey(),
  /** Its ETag, or the SHA-256 of a local file; with another the import begins again. */
  version: text('version').notNull(),
  /** Where the first row not yet imported begins. */
  byteOffset: bigint('byte_offset', { mode: 'number' }).notNull().default(0),
  rowCount: bigint('row_count', { mode: 'number' }).notNull().default(0),
  /** Rows left out, such as those without a license. */
  skippedCount: bigint('skipped_count', { mode: 'number' }).notNull().default(0),
  /** Their count by reason, such as "NO_LICENSE". */
  skipReasons: jsonb('skip_reasons').$type<Record<string, number>>().notNull().default({}),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
  finishedAt: timestamp('finished_at', { withTimezone: true }),
});
