import type pg from 'pg';
import { onCancelableConnection } from './cancelable.js';
import type { Database } from './database.js';
import { checkVector, type StoredModel } from './embedding-store.js';
import { vectorToText } from './schema/column-types.js';
import { vectorIndexOf } from './vector-index.js';

/** Something near to what was asked for. */
export interface Neighbor {
  /** SHA-256, in hexadecimal, of what was encoded. */
  contentDigest: string;
  /** Cosine, -1 to 1, of its vector with the one asked for. */
  similarity: number;
}

/** How to search. */
export interface NearestOptions {
  /** Wanted at most, 1 to 1,000. */
  limit: number;
  /** Read every vector even where there is an index: slow, and sure to find the nearest. */
  exact?: boolean;
  /** Candidates that a search of the index keeps, 1 to 1,000; more finds better and takes longer. Default 4 x limit, at least 100. */
  candidates?: number;
  /** Ends the search, its statement included. */
  signal?: AbortSignal;
}

/**
 * The contents whose vectors of this model are nearest to `vector`, nearest first: through the model's index where it has one
 * (then a few may be missed, see bench/README.md), else by reading all of them.
 * @throws RangeError; the signal's reason
 */
export async function nearest(
  database: Database,
  model: StoredModel,
  vector: Float32Array,
  { limit, exact = false, candidates = candidatesFor(limit), signal }: NearestOptions,
): Promise<Neighbor[]> {
  checkVector(model, vector, 'vector');
  for (const [name, value] of Object.entries({ limit, candidates })) {
    if (!Number.isInteger(value) || value < 1 || value > 1000) {
      throw new RangeError(`Expected a whole number from 1 to 1,000 for ${name} but received ${value}`);
    }
  }
  return onCancelableConnection(database, signal, async (client) => {
    const indexed = !exact && (await vectorIndexOf(client, model)) !== undefined;
    return indexed
      ? searchIndex(client, model, vector, limit, candidates)
      : searchAll(client, model, vector, limit);
  });
}

/** Candidates that a search of the index keeps for so many wanted, unless it is told. */
export function candidatesFor(limit: number): number {
  return Math.min(1000, Math.max(100, 4 * limit));
}

async function searchAll(
  client: pg.ClientBase,
  { id }: StoredModel,
  vector: Float32Array,
  limit: number,
): Promise<Neighbor[]> {
  // Without the cast that the index is made on, the index cannot be used.
  const { rows } = await client.query<Row>(
    "SELECT encode(content_digest, 'hex') AS digest, vector <=> $1::vector AS distance " +
      'FROM embedding WHERE model_id = $2 ORDER BY distance, content_digest LIMIT $3',
    [vectorToText(vector), id, limit],
  );
  return rows.map(toNeighbor);
}

async function searchIndex(
  client: pg.ClientBase,
  { id, width }: StoredModel,
  vector: Float32Array,
  limit: number,
  candidates: number,
): Promise<Neighbor[]> {
  await client.query('BEGIN');
  try {
    await client.query(`SET LOCAL hnsw.ef_search = ${Math.max(limit, candidates)}`);
    // Literals, not parameters: the planner must see that the index's condition holds.
    const { rows } = await client.query<Row>(
      `SELECT encode(content_digest, 'hex') AS digest, vector::vector(${width}) <=> $1::vector(${width}) AS distance ` +
        `FROM embedding WHERE model_id = ${id} ORDER BY distance LIMIT $2`,
      [vectorToText(vector), limit],
    );
    await client.query('COMMIT');
    return rows.map(toNeighbor);
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

interface Row {
  digest: string;
  distance: number;
}

function toNeighbor({ digest, distance }: Row): Neighbor {
  return { contentDigest: digest, similarity: 1 - distance };
}
