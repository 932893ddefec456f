import { basename } from 'node:path';
import type { Database } from '@collage/database/database.js';
import type { SkipCounts } from './skip-counts.js';

/** What of OpenImages is imported and embedded, a line each; counts everything, which takes seconds where there are millions. */
export async function describeOpenImages(database: Database): Promise<string[]> {
  const { pool } = await database.connect();
  const { rows: files } = await pool.query<{
    source: string;
    finished: boolean;
    rowCount: string;
    skipped: SkipCounts;
  }>(
    'SELECT source, finished_at IS NOT NULL AS finished, row_count AS "rowCount", skip_reasons AS skipped ' +
      'FROM import_progress ORDER BY source',
  );
  if (files.length === 0) return ['Nothing of OpenImages is imported yet.'];
  const { rows: images } = await pool.query<{ count: string }>('SELECT count(*) FROM open_image');
  const { rows: texts } = await pool.query<{ kind: string; count: string }>(
    'SELECT kind, count(*) FROM text WHERE EXISTS (SELECT 1 FROM image_text WHERE text_id = id) GROUP BY kind ORDER BY kind',
  );
  const { rows: models } = await pool.query<{ digest: string; kind: string; count: string }>(
    `SELECT model.digest, text.kind, count(*) FROM model JOIN embedding ON model_id = model.id
     JOIN text ON text.digest = content_digest GROUP BY model.id, model.digest, text.kind ORDER BY model.id, text.kind`,
  );
  return [
    ...files.map(
      ({ source, finished, rowCount, skipped }) =>
        `${basename(source)}: ${rowCount} rows${finished ? '' : ' so far, not finished'}${skipNote(skipped)}`,
    ),
    `${images[0]!.count} photos`,
    ...texts.map(({ kind, count }) => {
      const embedded = models
        .filter((model) => model.kind === kind)
        .map((model) => `${model.count} embedded by ${model.digest.slice(0, 12)}`);
      return `${count} ${kind}s: ${embedded.join(', ') || 'none embedded'}`;
    }),
  ];
}

/** ", left out: 3 NO_LICENSE, 1 ADDRESS_INVALID", the most first; empty where there are none. */
export function skipNote(skipped: SkipCounts): string {
  const parts = Object.entries(skipped)
    .toSorted(([a, most], [b, least]) => least - most || a.localeCompare(b, 'en'))
    .map(([reason, count]) => `${count} ${reason}`);
  return parts.length > 0 ? `, left out: ${parts.join(', ')}` : '';
}
