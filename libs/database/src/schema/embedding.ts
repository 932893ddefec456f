import { integer, pgTable, primaryKey, smallint, text } from 'drizzle-orm/pg-core';
import { bytes, vectorOfAnyWidth } from './column-types.js';

/** What makes vectors: its digest covers weights, preprocessing and formula. */
export const model = pgTable('model', {
  id: smallint('id').generatedAlwaysAsIdentity().primaryKey(),
  digest: text('digest').notNull().unique(),
  /** Components of each of its vectors, 1 to 2,000. */
  width: integer('width').notNull(),
});

/** Vectors of all models side by side; those of one have its width. */
export const embedding = pgTable(
  'embedding',
  {
    modelId: smallint('model_id')
      .notNull()
      .references(() => model.id),
    /** SHA-256, 32 bytes, of what was encoded. */
    contentDigest: bytes('content_digest').notNull(),
    vector: vectorOfAnyWidth('vector').notNull(),
  },
  (table) => [primaryKey({ columns: [table.modelId, table.contentDigest] })],
);
