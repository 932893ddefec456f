import { integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

/** A client that is to be told of the end of its collage. The columns are explained in its migration. */
export const webhookDelivery = pgTable('webhook_delivery', {
  collageId: text('collage_id').primaryKey(),
  tryCount: integer('try_count').notNull().default(0),
  nextTryAt: timestamp('next_try_at', { withTimezone: true }),
  result: text('result').notNull().default(''),
});
