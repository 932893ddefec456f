import { doublePrecision, integer, json, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';
import { bytes } from './column-types.js';

const moment = (name: string) => timestamp(name, { withTimezone: true });

/** A collage: what was asked, where it stands, what was made. The columns are explained in its migration. */
export const collage = pgTable('collage', {
  id: text('id').primaryKey(),
  owner: text('owner').notNull(),
  idempotencyKey: text('idempotency_key'),
  requestDigest: text('request_digest').notNull(),
  prompt: text('prompt').notNull(),
  options: json('options').notNull(),
  webhookUrl: text('webhook_url'),
  parentId: text('parent_id'),
  fromStage: text('from_stage'),
  baseDigest: text('base_digest'),
  baseNamedDigests: text('base_named_digests').array(),
  state: text('state').notNull().default('STATE_QUEUED'),
  collage: json('collage').notNull(),
  pictureDigest: text('picture_digest'),
  pictureMediaType: text('picture_media_type'),
  pictureWidth: integer('picture_width'),
  pictureHeight: integer('picture_height'),
  eventCount: integer('event_count').notNull().default(0),
  turn: integer('turn').notNull(),
  run: integer('run').notNull().default(0),
  stageVersion: text('stage_version'),
  enqueuedAt: moment('enqueued_at'),
  createdAt: moment('created_at').notNull(),
  startedAt: moment('started_at'),
  updatedAt: moment('updated_at').notNull(),
  finishedAt: moment('finished_at'),
});

/** What happened to a collage, numbered from 1 without gaps. */
export const collageEvent = pgTable(
  'collage_event',
  {
    collageId: text('collage_id')
      .notNull()
      .references(() => collage.id, { onDelete: 'cascade' }),
    sequence: integer('sequence').notNull(),
    body: json('body').notNull(),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.collageId, table.sequence] })],
);

/** A stage that ended, and the digest of what it left. */
export const collageStage = pgTable(
  'collage_stage',
  {
    collageId: text('collage_id')
      .notNull()
      .references(() => collage.id, { onDelete: 'cascade' }),
    stage: text('stage').notNull(),
    outputDigest: text('output_digest').notNull(),
    namedDigests: text('named_digests').array().notNull(),
    finishedAt: moment('finished_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.collageId, table.stage] })],
);

/** Where the climb of a collage is, while it is under way. */
export const collageCheckpoint = pgTable('collage_checkpoint', {
  collageId: text('collage_id')
    .primaryKey()
    .references(() => collage.id, { onDelete: 'cascade' }),
  checkpoint: bytes('checkpoint').notNull(),
  spentSeconds: doublePrecision('spent_seconds').notNull(),
});

/** Blobs that no collage names, since when. */
export const condemnedBlob = pgTable('condemned_blob', {
  digest: text('digest').primaryKey(),
  condemnedAt: moment('condemned_at').notNull(),
});
