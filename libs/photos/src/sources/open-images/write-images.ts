import type pg from 'pg';
import type { ImageRow } from './image-row.js';
import type { SkipCounts } from './skip-counts.js';
import { isTelling } from './telling-text.js';
import { linkTexts } from './write-texts.js';

/**
 * Writes photos, and their titles as texts where they tell something. A photo that is there already is replaced, its
 * title's text too; of a photo listed twice among these the last counts.
 */
export async function writeImages(client: pg.ClientBase, rows: readonly ImageRow[]): Promise<SkipCounts> {
  const images = [...new Map(rows.map((row) => [row.imageId, row])).values()];
  const column = <K extends keyof ImageRow>(name: K): ImageRow[K][] => images.map((image) => image[name]);
  const { rows: replaced } = await client.query<{ id: string }>(
    `WITH written AS (INSERT INTO open_image (image_id, subset, original_url, landing_url, license_url, author, author_url, title,
       original_size, original_md5, thumbnail_url, rotation)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
       $9::bigint[], $10::text[], $11::text[], $12::smallint[])
     ON CONFLICT (image_id) DO UPDATE SET (subset, original_url, landing_url, license_url, author, author_url, title,
       original_size, original_md5, thumbnail_url, rotation) = (excluded.subset, excluded.original_url,
       excluded.landing_url, excluded.license_url, excluded.author, excluded.author_url, excluded.title,
       excluded.original_size, excluded.original_md5, excluded.thumbnail_url, excluded.rotation)
       RETURNING image_id, xmax <> 0 AS replaced)
     SELECT image_id AS id FROM written WHERE replaced`,
    [
      column('imageId'),
      column('subset'),
      column('originalUrl'),
      column('landingUrl'),
      column('licenseUrl'),
      column('author'),
      column('authorUrl'),
      column('title'),
      column('originalSize'),
      column('originalMd5'),
      column('thumbnailUrl'),
      column('rotation'),
    ],
  );
  await client.query('INSERT INTO open_image_license SELECT unnest($1::text[]) ON CONFLICT DO NOTHING', [
    [...new Set(column('licenseUrl'))],
  ]);
  await forgetTitles(
    client,
    replaced.map(({ id }) => id),
  );
  const titles = images.flatMap(({ imageId, title }) =>
    title !== null && isTelling(title) ? [{ imageId, content: title }] : [],
  );
  await linkTexts(client, 'title', titles);
  return rows.length > images.length ? { DUPLICATE: rows.length - images.length } : {};
}

/** Photos that had another title lose the link to it. */
async function forgetTitles(client: pg.ClientBase, imageIds: readonly string[]): Promise<void> {
  if (imageIds.length === 0) return;
  await client.query(
    `DELETE FROM image_text AS link USING text, open_image AS image
     WHERE text.id = link.text_id AND text.kind = 'title' AND image.image_id = link.image_id
       AND link.image_id = ANY($1) AND text.content IS DISTINCT FROM image.title`,
    [imageIds],
  );
}
