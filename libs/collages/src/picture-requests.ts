import { BlobStoreError } from '@collage/blobs/blob-store-error.js';
import type { Database } from '@collage/database/database.js';
import { codeOf } from '@collage/database/database-error.js';
import { outageOf } from '@collage/pipeline/outage.js';
import { unknownCollage } from './collages-error.js';
import { inTransaction } from './in-transaction.js';
import type { Notifications } from './notifications.js';
import { Waiter } from './waiter.js';

/** Channel on which whoever draws hears that a picture was asked for. */
const ASKED_CHANNEL = 'collage_picture_asked';
/** Channel on which "id height mediaType" says that a picture was drawn, or can't be. */
const DRAWN_CHANNEL = 'collage_picture_drawn';
/** Of one process with one picture, until it counts as one that cannot be drawn. */
const MOST_FAULTS = 3;
/** PostgreSQL's foreign_key_violation. */
const NO_SUCH_COLLAGE = '23503';
const UNEXPECTED = 'something unexpected happened, several times; the log of the worker says what';
/** After so long, what failed unexpectedly is drawn again for who asks: the fault may have been the machine's. */
const FAULTS_COUNT_MILLISECONDS = 600_000;
/** Notifications only wake; however reliable they are, one looks for oneself so often. */
const LOOK_MILLISECONDS = 2_000;

/** A picture of a collage at a height of its own. */
export interface PictureRequest {
  collageId: string;
  /** Pixels. */
  height: number;
  mediaType: 'image/png' | 'image/jpeg';
}

/** What became of a request: a digest in the blob store, or why it cannot be drawn. */
export type PictureResult = { digest: string } | { failure: string };

/** Pictures that the API asks for and a worker draws, each once: what was drawn is kept. */
export class PictureRequests {
  constructor(
    private readonly database: Database,
    private readonly notifications: Notifications,
    private readonly now: () => Date,
  ) {}

  /**
   * Asks for a picture and waits for it; undefined where it is not there when the signal aborts. Asking again goes on
   * waiting.
   * @throws CollagesError COLLAGE_UNKNOWN where it has been deleted
   */
  async ask(request: PictureRequest, signal: AbortSignal): Promise<PictureResult | undefined> {
    const { pool } = await this.database.connect();
    const now = this.now();
    await pool
      .query(
        `WITH added AS (
           INSERT INTO collage_picture AS known (collage_id, height, media_type, asked_at) VALUES ($1, $2, $3, $4)
           ON CONFLICT (collage_id, height, media_type) DO UPDATE SET failure = NULL, asked_at = $4
             WHERE known.failure = $6 AND known.asked_at < $7
           RETURNING 1)
         SELECT pg_notify($5, '') FROM added`,
        [
          ...keyOf(request),
          now,
          ASKED_CHANNEL,
          UNEXPECTED,
          new Date(now.getTime() - FAULTS_COUNT_MILLISECONDS),
        ],
      )
      .catch((error: unknown) => {
        throw codeOf(error) === NO_SUCH_COLLAGE ? unknownCollage(request.collageId) : error;
      });
    const waiter = new Waiter(signal);
    const unlisten = this.notifications.listen(DRAWN_CHANNEL, (payload) => {
      if (payload === undefined || payload === keyOf(request).join(' ')) waiter.wake();
    });
    try {
      for (;;) {
        const result = await this.resultOf(request);
        if (result || signal.aborted) return result;
        await waiter.wait(LOOK_MILLISECONDS);
      }
    } finally {
      unlisten();
      waiter.close();
    }
  }

  /** Forgets a picture whose bytes were cleared away, so that it is drawn again. */
  async forget(request: PictureRequest): Promise<void> {
    const { pool } = await this.database.connect();
    await pool.query(
      'DELETE FROM collage_picture WHERE collage_id = $1 AND height = $2 AND media_type = $3',
      keyOf(request),
    );
  }

  /**
   * Draws what is asked for, one picture at a time, until the signal aborts. Any number of processes may: each takes
   * what no other has, and what one dies of another takes up. One whose drawing fails unexpectedly is tried again after all
   * others, and counts as one that cannot be drawn after some tries.
   * @param draw throws what an outage or the blob store throws; then it is tried again later
   * @param onFault hears of what else it throws
   */
  async serve(
    draw: (request: PictureRequest) => Promise<PictureResult>,
    signal: AbortSignal,
    onFault: (request: PictureRequest, error: unknown) => void,
  ): Promise<void> {
    const waiter = new Waiter(signal);
    const unlisten = this.notifications.listen(ASKED_CHANNEL, () => waiter.wake());
    const faults = new Map<string, number>();
    /** Undefined: to be tried again. */
    const drawOrNot = async (request: PictureRequest): Promise<PictureResult | undefined> => {
      const name = keyOf(request).join(' ');
      try {
        const result = await draw(request);
        faults.delete(name);
        return result;
      } catch (error) {
        // Nothing is wrong with the picture.
        if (signal.aborted || outageOf(error) || error instanceof BlobStoreError) throw error;
        onFault(request, error);
        const count = (faults.get(name) ?? 0) + 1;
        faults.set(name, count);
        if (count < MOST_FAULTS) return undefined;
        faults.delete(name);
        return { failure: UNEXPECTED };
      }
    };
    try {
      while (!signal.aborted) {
        const drawn = await this.serveOne(drawOrNot).catch(() => false);
        if (!drawn) await waiter.wait(LOOK_MILLISECONDS);
      }
    } finally {
      unlisten();
      waiter.close();
    }
  }

  /** False where nothing was drawn. The row stays locked while it is drawn: so nobody else draws it. */
  private async serveOne(
    draw: (request: PictureRequest) => Promise<PictureResult | undefined>,
  ): Promise<boolean> {
    const { pool } = await this.database.connect();
    return inTransaction(pool, async (client) => {
      const { rows } = await client.query<{ collage_id: string; height: number; media_type: string }>(
        `SELECT collage_id, height, media_type FROM collage_picture WHERE digest IS NULL AND failure IS NULL
         ORDER BY asked_at FOR UPDATE SKIP LOCKED LIMIT 1`,
      );
      const row = rows[0];
      if (!row) return false;
      const request = {
        collageId: row.collage_id,
        height: row.height,
        mediaType: row.media_type as PictureRequest['mediaType'],
      };
      const result = await draw(request);
      if (!result) {
        // Behind all others.
        await client.query(
          'UPDATE collage_picture SET asked_at = $4 WHERE collage_id = $1 AND height = $2 AND media_type = $3',
          [...keyOf(request), this.now()],
        );
        return false;
      }
      await client.query(
        `UPDATE collage_picture SET digest = $4, failure = $5 WHERE collage_id = $1 AND height = $2 AND media_type = $3`,
        [
          ...keyOf(request),
          'digest' in result ? result.digest : null,
          'failure' in result ? result.failure : null,
        ],
      );
      await client.query('SELECT pg_notify($1, $2)', [DRAWN_CHANNEL, keyOf(request).join(' ')]);
      return true;
    });
  }

  private async resultOf(request: PictureRequest): Promise<PictureResult | undefined> {
    const { pool } = await this.database.connect();
    const { rows } = await pool.query<{ digest: string | null; failure: string | null }>(
      'SELECT digest, failure FROM collage_picture WHERE collage_id = $1 AND height = $2 AND media_type = $3',
      keyOf(request),
    );
    const [row] = rows;
    // Its collage was deleted meanwhile.
    if (!row) return { failure: 'the collage was deleted' };
    if (row.digest !== null) return { digest: row.digest };
    return row.failure === null ? undefined : { failure: row.failure };
  }
}

function keyOf({ collageId, height, mediaType }: PictureRequest): [string, number, string] {
  return [collageId, height, mediaType];
}
