import { boolean, pgTable, timestamp } from 'drizzle-orm/pg-core';

/** When house was last kept: one row, or none. The columns are explained in its migration. */
export const housekeeping = pgTable('housekeeping', {
  onlyRow: boolean('only_row').primaryKey().default(true),
  keptAt: timestamp('kept_at', { withTimezone: true }).notNull(),
});
