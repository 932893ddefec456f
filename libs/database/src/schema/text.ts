import { bigint, pgTable, text as textColumn, unique } from 'drizzle-orm/pg-core';
import { bytes } from './column-types.js';

/** A word or sentence that photos are found by, stored once however many photos have it. */
export const text = pgTable(
  'text',
  {
    id: bigint('id', { mode: 'number' }).generatedAlwaysAsIdentity().primaryKey(),
    kind: textColumn('kind', { enum: ['label', 'title', 'caption'] }).notNull(),
    content: textColumn('content').notNull(),
    /** SHA-256 of its UTF-8 bytes; `embedding.content_digest` of its vectors. */
    digest: bytes('digest').notNull(),
  },
  (table) => [unique().on(table.digest, table.kind)],
);
