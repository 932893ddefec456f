import { bigint, pgTable, primaryKey, smallint, text } from 'drizzle-orm/pg-core';
import { text as textTable } from './text.js';

/** A photo as OpenImages lists it; null where it says nothing. */
export const openImage = pgTable('open_image', {
  /** 16 hexadecimal digits. */
  imageId: text('image_id').primaryKey(),
  /** "train", "validation" or "test". */
  subset: text('subset').notNull(),
  originalUrl: text('original_url').notNull(),
  landingUrl: text('landing_url').notNull(),
  licenseUrl: text('license_url').notNull(),
  author: text('author'),
  authorUrl: text('author_url'),
  title: text('title'),
  /** Bytes of the original file. */
  originalSize: bigint('original_size', { mode: 'number' }),
  /** Base64 of its 16 bytes. */
  originalMd5: text('original_md5'),
  thumbnailUrl: text('thumbnail_url'),
  /** Degrees counter-clockwise by which the photo must be turned: 0, 90, 180 or 270. */
  rotation: smallint('rotation'),
});

/** Licenses that photos are listed under; one that no photo has any more stays until the next import of images. */
export const openImageLicense = pgTable('open_image_license', {
  licenseUrl: text('license_url').primaryKey(),
});

/** Which texts tell of which photos. */
export const imageText = pgTable(
  'image_text',
  {
    textId: bigint('text_id', { mode: 'number' })
      .notNull()
      .references(() => textTable.id, { onDelete: 'cascade' }),
    imageId: text('image_id')
      .notNull()
      .references(() => openImage.imageId, { onDelete: 'cascade' }),
  },
  (table) => [primaryKey({ columns: [table.textId, table.imageId] })],
);

/** A class of OpenImages and its name, a text of kind "label". */
export const openImageClass = pgTable('open_image_class', {
  /** Such as "/m/05z6w". */
  classId: text('class_id').primaryKey(),
  textId: bigint('text_id', { mode: 'number' })
    .notNull()
    .references(() => textTable.id, { onDelete: 'cascade' }),
});
