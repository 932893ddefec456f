import type pg from 'pg';
import { Collage_State as State, collage_StateToJSON } from '@collage/proto/collage/v1/collage.js';
import type { CollageRow } from './collage-record.js';
import { CollagesError } from './collages-error.js';

/** A request under a name of its own: asked again, it gives what it gave before. */
export interface KeyedRequest {
  owner: string;
  /** The client's name for it, or one that was made of it. */
  idempotencyKey: string;
  /** SHA-256 of what was asked. */
  digest: string;
  /** The key was made of the request: so it is the same request, and what failed or was cancelled may be asked for again. */
  isKeyOurs?: boolean;
}

/**
 * What a request gave before; undefined: nothing, or nothing that is to be given again.
 * @throws CollagesError IDEMPOTENCY_KEY_REUSED where it was another request
 */
export async function findEarlier(
  client: Pick<pg.Pool, 'query'>,
  { owner, idempotencyKey, digest, isKeyOurs = false }: KeyedRequest,
): Promise<CollageRow | undefined> {
  const { rows } = await client.query<CollageRow>(
    'SELECT * FROM collage WHERE owner = $1 AND idempotency_key = $2',
    [owner, idempotencyKey],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  if (isKeyOurs) return inVain.includes(row.state) ? undefined : row;
  if (row.request_digest === digest) return row;
  throw new CollagesError(
    'IDEMPOTENCY_KEY_REUSED',
    `Expected the request that collage ${row.id} was asked for with, as the idempotency key is the same, but received ` +
      'another. Send another key with another request.',
  );
}

/** Frees a key of our making of a collage that failed or was cancelled. */
export async function freeKeyOfFailed(
  client: Pick<pg.Pool, 'query'>,
  { owner, idempotencyKey }: Pick<KeyedRequest, 'owner' | 'idempotencyKey'>,
): Promise<void> {
  await client.query(
    'UPDATE collage SET idempotency_key = NULL WHERE owner = $1 AND idempotency_key = $2 AND state = ANY ($3)',
    [owner, idempotencyKey, inVain],
  );
}

const inVain: readonly string[] = [State.FAILED, State.CANCELLED].map((state) => collage_StateToJSON(state));
