import { json, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';

/** A photo that a client uploaded. The columns are explained in its migration. */
export const uploadedPhoto = pgTable(
  'uploaded_photo',
  {
    owner: text('owner').notNull(),
    digest: text('digest').notNull(),
    photo: json('photo').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.owner, table.digest] })],
);
