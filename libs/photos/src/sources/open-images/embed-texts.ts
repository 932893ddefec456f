import { onCancelableConnection } from '@collage/database/cancelable.js';
import type { Database } from '@collage/database/database.js';
import { EmbeddingStore, type StoredModel } from '@collage/database/embedding-store.js';
import { ensureVectorIndex } from '@collage/database/vector-index.js';
import type { Embedder } from '@collage/inference/embedder.js';
import { OpenImagesError } from './open-images-error.js';

/** What makes vectors of texts: the perceptor's text tower. */
export type TextEmbedder = Pick<Embedder, 'describe' | 'encodeTexts'>;

/** Kinds of texts, those that tell most for their number first. */
export const TEXT_KINDS = ['label', 'caption', 'title'] as const;
export type TextKind = (typeof TEXT_KINDS)[number];

export interface EmbedProgress {
  step: 'embedding' | 'indexing';
  kind?: TextKind;
  /** Texts that have a vector since this call began, of how many that had none. */
  done: number;
  total: number;
}

export interface EmbedOptions {
  /** Which texts; all if absent. Titles are many, and tell the least. */
  kinds?: readonly TextKind[];
  onProgress?: (progress: EmbedProgress) => void;
  /** Texts of one call. */
  batchSize?: number;
  /** Vectors above which the model shall have an index; the database's own rule if absent. */
  indexAbove?: number;
}

/** Four full calls of the sidecar. */
const BATCH_SIZE = 1024;

/** Texts of one kind that tell of a photo and have no vector of the model. */
const WITHOUT_VECTOR =
  'FROM text WHERE kind = $2 AND EXISTS (SELECT 1 FROM image_text WHERE text_id = text.id) ' +
  'AND NOT EXISTS (SELECT 1 FROM embedding WHERE model_id = $1 AND content_digest = text.digest)';

/**
 * Gives every text that tells of a photo a vector of the perceptor that answers, each once, whatever photos and kinds
 * share it; texts that have one are left alone, so a call that was cut off goes on where it was. Then makes the model's
 * index where there are enough. When the signal aborts, the statement under way ends too; vectors that were stored stay.
 * @param connect gives the perceptor; asked only where there are texts
 * @returns how many vectors were made, and whether searches go by index
 * @throws OpenImagesError NOTHING_IMPORTED; InferenceError of the sidecar
 */
export async function embedTexts(
  database: Database,
  connect: () => Promise<TextEmbedder>,
  { kinds = TEXT_KINDS, onProgress, batchSize = BATCH_SIZE, indexAbove }: EmbedOptions = {},
  signal?: AbortSignal,
): Promise<{ model: StoredModel; count: number; indexed: boolean }> {
  const { pool } = await database.connect();
  const { rows: some } = await pool.query('SELECT 1 FROM image_text LIMIT 1');
  if (some.length === 0) throw nothingImported();
  const embedder = await connect();
  const { model: identity, dimensionCount } = await embedder.describe(signal);
  const store = new EmbeddingStore(database);
  const model = await store.model(identity!.digest, dimensionCount);
  const counts = await Promise.all(
    kinds.map((kind) =>
      onCancelableConnection(database, signal, async (client) => {
        const { rows } = await client.query<{ count: string }>(`SELECT count(*) ${WITHOUT_VECTOR}`, [
          model.id,
          kind,
        ]);
        return Number(rows[0]!.count);
      }),
    ),
  );
  const total = counts.reduce((sum, count) => sum + count, 0);
  let done = 0;
  for (const kind of kinds) {
    let last = '0';
    for (;;) {
      const { rows } = await onCancelableConnection(database, signal, (client) =>
        client.query<{ id: string; content: string; digest: string }>(
          `SELECT id, content, encode(digest, 'hex') AS digest ${WITHOUT_VECTOR} AND id > $3 ORDER BY id LIMIT $4`,
          [model.id, kind, last, batchSize],
        ),
      );
      if (rows.length === 0) break;
      const contents = rows.map(({ content }) => content);
      const vectors = await embedder.encodeTexts(contents, identity!, signal);
      const found = rows.map(({ digest }, index) => ({
        contentDigest: digest,
        vector: vectors[index]!.values,
      }));
      await onCancelableConnection(database, signal, (client) => store.put(model, found, client));
      last = rows.at(-1)!.id;
      done += rows.length;
      onProgress?.({ step: 'embedding', kind, done, total });
    }
  }
  signal?.throwIfAborted();
  onProgress?.({ step: 'indexing', done, total });
  const indexed = await ensureVectorIndex(database, model, { above: indexAbove }, signal);
  return { model, count: done, indexed };
}

/** Nobody can search what is not there. */
export function nothingImported(): OpenImagesError {
  return new OpenImagesError(
    'NOTHING_IMPORTED',
    'Nothing of OpenImages is imported yet: run `npm run open-images -- import FILE ...` with its metadata files, then ' +
      '`npm run open-images -- embed`.',
  );
}
