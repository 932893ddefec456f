import type pg from 'pg';
import type { SkipCounts } from './skip-counts.js';
import type { CaptionRow, ClassRow, LabelRow } from './text-rows.js';

/** Writes the names of classes, as texts of kind "label"; a class that is there already gets its new name. */
export async function writeClasses(client: pg.ClientBase, rows: readonly ClassRow[]): Promise<SkipCounts> {
  const names = new Map(rows.map(({ classId, name }) => [classId, name]));
  await addTexts(client, 'label', [...names.values()]);
  await client.query(
    `INSERT INTO open_image_class (class_id, text_id)
     SELECT given.class_id, text.id FROM unnest($1::text[], $2::text[]) AS given(class_id, name)
     JOIN text ON text.digest = sha256(convert_to(given.name, 'UTF8')) AND text.kind = 'label'
     ON CONFLICT (class_id) DO UPDATE SET text_id = excluded.text_id`,
    [[...names.keys()], [...names.values()]],
  );
  return rows.length > names.size ? { DUPLICATE: rows.length - names.size } : {};
}

/**
 * Links photos with the names of their classes; those of photos or classes that are not there are left out. A label that is
 * said not to be there loses its link, whoever said before that it is; of what is said of one here the last counts.
 */
export async function writeLabels(client: pg.ClientBase, given: readonly LabelRow[]): Promise<SkipCounts> {
  const last = new Map(given.map((row) => [`${row.imageId} ${row.classId}`, row]));
  const denied = [...last.values()].filter(({ isThere }) => !isThere);
  // First: a class that is there may have the same name.
  await client.query(
    `DELETE FROM image_text AS link USING unnest($1::text[], $2::text[]) AS denied(class_id, image_id)
     JOIN open_image_class USING (class_id)
     WHERE link.text_id = open_image_class.text_id AND link.image_id = denied.image_id`,
    [denied.map(({ classId }) => classId), denied.map(({ imageId }) => imageId)],
  );
  const rows = given.filter((row) => last.get(`${row.imageId} ${row.classId}`)?.isThere);
  const images = await knownImages(client, rows);
  const { rows: classes } = await client.query<{ id: string }>(
    'SELECT class_id AS id FROM open_image_class WHERE class_id = ANY($1)',
    [rows.map(({ classId }) => classId)],
  );
  const named = new Set(classes.map(({ id }) => id));
  const listed = rows.filter(({ imageId }) => images.has(imageId));
  const usable = listed.filter(({ classId }) => named.has(classId));
  await client.query(
    `INSERT INTO image_text (text_id, image_id)
     SELECT DISTINCT text_id, image_id FROM unnest($1::text[], $2::text[]) AS given(class_id, image_id)
     JOIN open_image_class USING (class_id) ON CONFLICT DO NOTHING`,
    [usable.map(({ classId }) => classId), usable.map(({ imageId }) => imageId)],
  );
  return {
    ...(given.length > rows.length && { LABEL_NOT_THERE: given.length - rows.length }),
    ...notListed(rows.length - listed.length),
    ...(listed.length > usable.length && { CLASS_UNKNOWN: listed.length - usable.length }),
  };
}

/** Writes captions and links their photos; those of photos that are not there are left out. */
export async function writeCaptions(client: pg.ClientBase, rows: readonly CaptionRow[]): Promise<SkipCounts> {
  const images = await knownImages(client, rows);
  const usable = rows.filter(({ imageId }) => images.has(imageId));
  const links = usable.map(({ imageId, caption }) => ({ imageId, content: caption }));
  await linkTexts(client, 'caption', links);
  return notListed(rows.length - usable.length);
}

/** Writes texts, each once, and which photos they tell of. */
export async function linkTexts(
  client: pg.ClientBase,
  kind: 'title' | 'caption',
  links: readonly { imageId: string; content: string }[],
): Promise<void> {
  const contents = links.map(({ content }) => content);
  await addTexts(client, kind, contents);
  await client.query(
    `INSERT INTO image_text (text_id, image_id)
     SELECT DISTINCT text.id, given.image_id FROM unnest($1::text[], $2::text[]) AS given(content, image_id)
     JOIN text ON text.digest = sha256(convert_to(given.content, 'UTF8')) AND text.kind = $3 ON CONFLICT DO NOTHING`,
    [contents, links.map(({ imageId }) => imageId), kind],
  );
}

async function addTexts(client: pg.ClientBase, kind: string, contents: readonly string[]): Promise<void> {
  await client.query(
    `INSERT INTO text (kind, content, digest) SELECT $1, content, sha256(convert_to(content, 'UTF8'))
     FROM unnest($2::text[]) AS given(content) ON CONFLICT DO NOTHING`,
    [kind, [...new Set(contents)]],
  );
}

async function knownImages(
  client: pg.ClientBase,
  rows: readonly { imageId: string }[],
): Promise<Set<string>> {
  const { rows: known } = await client.query<{ id: string }>(
    'SELECT image_id AS id FROM open_image WHERE image_id = ANY($1)',
    [[...new Set(rows.map(({ imageId }) => imageId))]],
  );
  return new Set(known.map(({ id }) => id));
}

function notListed(count: number): SkipCounts {
  return count > 0 ? { IMAGE_NOT_LISTED: count } : {};
}
