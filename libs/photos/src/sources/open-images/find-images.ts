import { onCancelableConnection } from '@collage/database/cancelable.js';
import type { Database } from '@collage/database/database.js';
import type { StoredModel } from '@collage/database/embedding-store.js';
import { nearest } from '@collage/database/nearest.js';
import type { ImageRow } from './image-row.js';

/** A photo that texts like the one asked for tell of. */
export interface ImageMatch {
  image: ImageRow;
  /** Highest cosine, -1 to 1, of its texts with what was asked for, less for a less exact query. */
  similarity: number;
}

/** What OpenImages tells of a photo, besides its title. */
export interface ImageTexts {
  labels: string[];
  captions: string[];
}

/** Texts that one query is answered by: of two hundred some tell of photos that are there and free. */
export const TEXTS_PER_QUERY = 200;
/** A less exact query (the second and later of a keyphrase's ladder) has to fit so much better to win. */
const PER_RUNG = 0.9;

const IMAGE_FIELDS =
  'image_id AS "imageId", subset, original_url AS "originalUrl", landing_url AS "landingUrl", ' +
  'license_url AS "licenseUrl", author, author_url AS "authorUrl", title, original_size::float8 AS "originalSize", ' +
  'original_md5 AS "originalMd5", thumbnail_url AS "thumbnailUrl", rotation';

/**
 * Photos by the texts nearest to a keyphrase's queries, best first; equally good ones by id, so that the same database
 * gives the same photos in the same order.
 * @param queries vectors of the model, the most exact query first
 * @param limit photos wanted at most
 * @param licenses addresses of the only licenses that will do; any if absent, which saves looking each photo up
 * @throws the signal's reason; the statement under way, which may take long, ends then too
 */
export async function findImages(
  database: Database,
  model: StoredModel,
  queries: readonly Float32Array[],
  limit: number,
  licenses?: readonly string[],
  signal?: AbortSignal,
): Promise<ImageMatch[]> {
  const best = new Map<string, number>();
  for (const [rung, vector] of queries.entries()) {
    for (const { contentDigest, similarity } of await nearest(database, model, vector, {
      limit: TEXTS_PER_QUERY,
      signal,
    })) {
      // Below 0 a factor would make it better.
      const value = similarity - (1 - PER_RUNG ** rung) * Math.abs(similarity);
      best.set(contentDigest, Math.max(value, best.get(contentDigest) ?? -1));
    }
  }
  const ofText = licenses
    ? 'image_text JOIN open_image USING (image_id) WHERE text_id = text.id AND license_url = ANY($4)'
    : 'image_text WHERE text_id = text.id';
  const { rows } = await onCancelableConnection(database, signal, (client) =>
    client.query<ImageRow & { similarity: number }>(
      `WITH near AS (
       SELECT * FROM unnest($1::bytea[], $2::float8[]) AS given(digest, similarity)
     ), matches AS (
       SELECT image_id, max(similarity) AS similarity FROM near JOIN text USING (digest)
       CROSS JOIN LATERAL
         (SELECT image_id FROM ${ofText} ORDER BY image_id LIMIT $3) AS of_text
       GROUP BY image_id ORDER BY 2 DESC, 1 LIMIT $3
     )
     SELECT similarity, ${IMAGE_FIELDS} FROM matches JOIN open_image USING (image_id) ORDER BY similarity DESC, image_id`,
      [
        [...best.keys()].map((digest) => Buffer.from(digest, 'hex')),
        [...best.values()],
        limit,
        ...(licenses ? [licenses] : []),
      ],
    ),
  );
  return rows.map(({ similarity, ...image }) => ({ image, similarity }));
}

/** The photos with these ids that are there, by their ids. */
export async function imagesById(
  database: Database,
  imageIds: readonly string[],
): Promise<Map<string, ImageRow>> {
  const { pool } = await database.connect();
  const { rows } = await pool.query<ImageRow>(
    `SELECT ${IMAGE_FIELDS} FROM open_image WHERE image_id = ANY($1)`,
    [imageIds],
  );
  return new Map(rows.map((image) => [image.imageId, image]));
}

/** Labels and captions of photos, in alphabetical order, by the photos' ids. */
export async function textsOf(
  database: Database,
  imageIds: readonly string[],
): Promise<Map<string, ImageTexts>> {
  const { pool } = await database.connect();
  const { rows } = await pool.query<{ id: string; kind: 'label' | 'caption'; content: string }>(
    'SELECT image_id AS id, kind, content FROM image_text JOIN text ON text.id = text_id ' +
      `WHERE image_id = ANY($1) AND kind IN ('label', 'caption') ORDER BY image_id, kind, content COLLATE "C"`,
    [imageIds],
  );
  const texts = new Map<string, ImageTexts>();
  for (const { id, kind, content } of rows) {
    const of = texts.get(id) ?? { labels: [], captions: [] };
    (kind === 'label' ? of.labels : of.captions).push(content);
    texts.set(id, of);
  }
  return texts;
}
