import { integer, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';

/** A picture of a collage at another height or in another format. The columns are explained in its migration. */
export const collagePicture = pgTable(
  'collage_picture',
  {
    collageId: text('collage_id').notNull(),
    height: integer('height').notNull(),
    mediaType: text('media_type').notNull(),
    digest: text('digest'),
    failure: text('failure'),
    askedAt: timestamp('asked_at', { withTimezone: true }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.collageId, table.height, table.mediaType] })],
);
