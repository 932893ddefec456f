import type pg from 'pg';
import type { Database } from './database.js';
import { vectorToText } from './schema/column-types.js';

/** A model as the database knows it. */
export interface StoredModel {
  id: number;
  digest: string;
  /** Components of its vectors. */
  width: number;
}

/** A vector, and the SHA-256 in hexadecimal of what was encoded. */
export interface StoredVector {
  contentDigest: string;
  vector: Float32Array;
}

/** Rows of one statement: large enough that round trips do not count, small enough to keep it in memory. */
const BATCH = 1000;

/** Vectors of any number of models. Those of different models have different widths and never meet. */
export class EmbeddingStore {
  constructor(private readonly database: Database) {}

  /**
   * The model with this digest; a new one is added.
   * @throws RangeError where the width is not that of its earlier vectors, or not 1 to 2,000
   */
  async model(digest: string, width: number): Promise<StoredModel> {
    if (!Number.isInteger(width) || width < 1 || width > 2000) {
      throw new RangeError(`Expected a whole number from 1 to 2,000 for width but received ${width}`);
    }
    const { pool } = await this.database.connect();
    await pool.query('INSERT INTO model (digest, width) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING', [
      digest,
      width,
    ]);
    const { rows } = await pool.query<StoredModel>('SELECT id, digest, width FROM model WHERE digest = $1', [
      digest,
    ]);
    const model = rows[0]!;
    if (model.width !== width) {
      throw new RangeError(
        `Expected width ${model.width}, as before, for model ${digest} but received ${width}`,
      );
    }
    return model;
  }

  /** Stores vectors; one that is there already stays. In a transaction of the caller's where `client` is given. */
  async put(model: StoredModel, vectors: readonly StoredVector[], client?: pg.ClientBase): Promise<void> {
    for (const { contentDigest, vector } of vectors) checkVector(model, vector, contentDigest);
    const connection = client ?? (await this.database.connect()).pool;
    for (let from = 0; from < vectors.length; from += BATCH) {
      const batch = vectors.slice(from, from + BATCH);
      await connection.query(
        'INSERT INTO embedding (model_id, content_digest, vector) ' +
          'SELECT $1, content_digest, vector FROM unnest($2::bytea[], $3::vector[]) AS given(content_digest, vector) ' +
          'ON CONFLICT DO NOTHING',
        [
          model.id,
          batch.map(({ contentDigest }) => Buffer.from(contentDigest, 'hex')),
          batch.map(({ vector }) => vectorToText(vector)),
        ],
      );
    }
  }

  /** Which of these digests have no vector of this model yet, in their order. */
  async missing(model: StoredModel, contentDigests: readonly string[]): Promise<string[]> {
    const { pool } = await this.database.connect();
    const { rows } = await pool.query<{ digest: string }>(
      "SELECT encode(content_digest, 'hex') AS digest FROM embedding WHERE model_id = $1 AND content_digest = ANY($2)",
      [model.id, contentDigests.map((digest) => Buffer.from(digest, 'hex'))],
    );
    const there = new Set(rows.map(({ digest }) => digest));
    return contentDigests.filter((digest) => !there.has(digest));
  }
}

/** Throws a RangeError unless the vector has the model's width and a direction: cosine knows none of a zero vector. */
export function checkVector({ width, digest }: StoredModel, vector: Float32Array, name: string): void {
  if (vector.length !== width) {
    throw new RangeError(
      `Expected ${width} components, as model ${digest} has, for ${name} but received ${vector.length}`,
    );
  }
  if (!vector.every(Number.isFinite) || vector.every((value) => value === 0)) {
    throw new RangeError(`Expected finite components that are not all 0 for ${name} but received others`);
  }
}
