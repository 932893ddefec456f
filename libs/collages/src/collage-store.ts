import type pg from 'pg';
import type { Database } from '@collage/database/database.js';
import { EmptyPromptError } from '@collage/pipeline/collage-error.js';
import type { StageName } from '@collage/pipeline/stage-steps.js';
import { OptionInvalidError, resolveOptions } from '@collage/pipeline/resolve-options.js';
import {
  Collage,
  Collage_State as State,
  collage_StateToJSON,
  CollageOptions,
} from '@collage/proto/collage/v1/collage.js';
import { isCollageId } from './collage-id.js';
import {
  type CollageRecord,
  type CollageRow,
  type CollageSummary,
  recordOf,
  summaryOf,
} from './collage-record.js';
import { CollagesError, unknownCollage } from './collages-error.js';
import { EVENT_CHANNEL, STOPPED_CHANNEL } from './event-log.js';
import { inTransaction } from './in-transaction.js';
import { insertQueued } from './insert-queued.js';
import { findEarlier, freeKeyOfFailed, type KeyedRequest } from './keyed-request.js';
import { requestDigest } from './request-digest.js';
import { STAGE_VERSION } from './stage-version.js';

/** First key of the advisory lock under which an owner's collages are added one after the other. */
const ADDING = 7_305_010;
const MAX_PROMPT_CHARACTERS = 1000;
const MAX_KEY_CHARACTERS = 200;
/** Channel on which workers hear that a collage was added. */
export const ADDED_CHANNEL = 'collage_added';

/** What a client asks for. */
export interface NewCollage {
  owner: string;
  prompt: string;
  options: Partial<CollageOptions>;
  /** The client's own name for this request: the same again gives the same collage. */
  idempotencyKey?: string;
  /** The key was made of the request itself; see {@link KeyedRequest}. */
  isKeyOurs?: boolean;
  /** SHA-256 of what the client asked, where that is not said by these fields. */
  askedDigest?: string;
  /** Whom to tell when it has ended. */
  webhookUrl?: string;
  /** How many of the owner's collages may be unfinished, this one among them; absent: any number. */
  unfinishedLimit?: number;
  /** To go on from: an UnfinishedCollage in the blob store, left by the stage before `stage` of another collage. */
  origin?: { collageId: string; stage: StageName; baseDigest: string };
  /** What that names in the blob store: all of it is kept from then on, whatever becomes of the other. */
  baseNamedDigests?: readonly string[];
}

/** Which part of a list. */
export interface Page {
  /** 1 to 100. */
  limit: number;
  /** Id after which it goes on: `nextAfter` of the page before. */
  after?: string;
  /** Only those in this state. */
  state?: State;
}

/** Collages as rows. Everything that happens to one afterwards goes through the {@link EventLog}. */
export class CollageStore {
  constructor(
    private readonly database: Database,
    private readonly newId: () => string,
    private readonly now: () => Date,
  ) {}

  /**
   * Adds a collage to be made, with its first event, Queued. `added` is false where the owner's idempotency key gave an earlier one.
   *
   * Its turn follows start-time fair queueing (Goyal, Vin and Cheng 1996) with every collage counted as one unit of
   * work: after the owner's own last one, and not before what is being made now. So a hundred collages of one owner
   * and one of another's alternate. Those that were cancelled before they were begun took no turn.
   * @throws OptionInvalidError, LicenseNameError, EmptyPromptError, CollagesError IDEMPOTENCY_KEY_REUSED,
   *   TOO_MANY_UNFINISHED: not where it had been added before
   */
  async create(given: NewCollage): Promise<{ record: CollageRecord; added: boolean }> {
    checkRequest(given);
    const options = resolveOptions(given.options);
    const digest = digestOf(given);
    const id = this.newId();
    const { prompt } = given;
    const now = this.now();
    const collage = Collage.create({ id, prompt, options, state: State.QUEUED });
    const values = [
      id,
      given.owner,
      given.idempotencyKey ?? null,
      digest,
      prompt,
      JSON.stringify(CollageOptions.toJSON(options)),
      given.webhookUrl ?? null,
      given.origin?.collageId ?? null,
      given.origin?.stage ?? null,
      given.origin?.baseDigest ?? null,
      given.baseNamedDigests ?? null,
      JSON.stringify(Collage.toJSON(collage)),
      now,
      given.origin ? STAGE_VERSION : null,
    ];
    const { pool } = await this.database.connect();
    const made = await inTransaction(pool, async (client) => {
      const key = keyOf(given, digest);
      if (key?.isKeyOurs) await freeKeyOfFailed(client, key);
      await client.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [ADDING, given.owner]);
      const { rows } = await client.query<CollageRow>(
        `INSERT INTO collage (id, owner, idempotency_key, request_digest, prompt, options, webhook_url, parent_id,
           from_stage, base_digest, base_named_digests, collage, created_at, updated_at, stage_version, event_count,
           turn)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, $14, 1, 1 + GREATEST(
           (SELECT coalesce(max(turn), 0) FROM collage WHERE started_at IS NOT NULL),
           (SELECT coalesce(min(turn), 1) - 1 FROM collage WHERE started_at IS NULL AND finished_at IS NULL),
           (SELECT coalesce(max(turn), 0) FROM collage WHERE owner = $2 AND finished_at IS NULL)))
         ON CONFLICT (owner, idempotency_key) DO NOTHING RETURNING *`,
        values,
      );
      const [row] = rows;
      if (row === undefined) {
        const earlier = await findEarlier(client, key!);
        return earlier && { record: recordOf(earlier), added: false };
      }
      await checkLimit(client, given);
      await insertQueued(client, row, now);
      await client.query('SELECT pg_notify($1, $2)', [ADDED_CHANNEL, id]);
      return { record: recordOf(row), added: true };
    });
    // The collage of this key was deleted in between: the key is free now.
    return made ?? this.create(given);
  }

  /**
   * What a request gave before, whatever has become of what it was asked about; undefined: it is new.
   * @throws CollagesError IDEMPOTENCY_KEY_REUSED
   */
  async findAsked(request: KeyedRequest): Promise<CollageRecord | undefined> {
    const { pool } = await this.database.connect();
    const row = await findEarlier(pool, request);
    return row && recordOf(row);
  }

  /**
   * A collage. With `owner`, another's counts as unknown.
   * @throws CollagesError COLLAGE_UNKNOWN
   */
  async get(id: string, owner?: string): Promise<CollageRecord> {
    if (!isCollageId(id)) throw unknownCollage(id);
    const { pool } = await this.database.connect();
    const { rows } = await pool.query<CollageRow>(
      'SELECT * FROM collage WHERE id = $1 AND owner = coalesce($2, owner)',
      [id, owner ?? null],
    );
    if (rows.length === 0) throw unknownCollage(id);
    return recordOf(rows[0]!);
  }

  /** An owner's collages, the newest first; `nextAfter` is there where more follow. */
  async list(owner: string, page: Page): Promise<{ collages: CollageSummary[]; nextAfter?: string }> {
    const { limit, after, state } = page;
    if (!Number.isInteger(limit) || limit < 1 || limit > 100)
      throw new OptionInvalidError('limit', 'an integer from 1 to 100', limit);
    if (after !== undefined && !isCollageId(after)) {
      throw new OptionInvalidError('after', 'the cursor that the page before gave', after.slice(0, 80));
    }
    const { pool } = await this.database.connect();
    const { rows } = await pool.query<CollageRow>(
      `SELECT id, prompt, state, picture_digest, picture_media_type, picture_width, picture_height, created_at,
         finished_at FROM collage
       WHERE owner = $1 AND ($2::text IS NULL OR id < $2) AND ($3::text IS NULL OR state = $3)
       ORDER BY id DESC LIMIT $4`,
      [owner, after ?? null, state === undefined ? null : collage_StateToJSON(state), limit + 1],
    );
    const collages = rows.slice(0, limit).map(summaryOf);
    return rows.length > limit ? { collages, nextAfter: collages.at(-1)!.id } : { collages };
  }

  /**
   * Removes a collage, its events and its stages; whoever makes it stops at its next event. What is in the blob store
   * goes with a later sweep.
   * @throws CollagesError COLLAGE_UNKNOWN
   */
  async delete(id: string, owner?: string): Promise<void> {
    if (!isCollageId(id)) throw unknownCollage(id);
    const { pool } = await this.database.connect();
    const { rowCount } = await pool.query(
      `WITH gone AS (DELETE FROM collage WHERE id = $1 AND owner = coalesce($2, owner) RETURNING id)
       SELECT pg_notify($3, id || ' 0'), pg_notify($4, id) FROM gone`,
      [id, owner ?? null, EVENT_CHANNEL, STOPPED_CHANNEL],
    );
    if (rowCount === 0) throw unknownCollage(id);
  }

  /**
   * The digest of the UnfinishedCollage that a stage of a collage left: to go on from it.
   * @throws CollagesError STAGE_NOT_KEPT where it has not got as far, or another version's stages left it
   */
  async stageOutput(id: string, stage: StageName): Promise<string> {
    const { pool } = await this.database.connect();
    const { rows } = await pool.query<{ output_digest: string }>(
      `SELECT output_digest FROM collage_stage JOIN collage ON collage.id = collage_id
       WHERE collage_id = $1 AND stage = $2 AND stage_version = $3`,
      [id, stage, STAGE_VERSION],
    );
    if (rows.length > 0) return rows[0]!.output_digest;
    throw new CollagesError(
      'STAGE_NOT_KEPT',
      `Expected a collage whose stage "${stage}" has ended and is kept, by a program of this version, but ${id} has none. Wait for it, or ask for a new collage.`,
    );
  }
}

function keyOf({ owner, idempotencyKey, isKeyOurs }: NewCollage, digest: string): KeyedRequest | undefined {
  return idempotencyKey === undefined ? undefined : { owner, idempotencyKey, isKeyOurs, digest };
}

/** Behind the owner's lock, so that many requests at once do not get past it together. */
async function checkLimit(
  client: pg.ClientBase,
  { owner, unfinishedLimit = Infinity }: NewCollage,
): Promise<void> {
  const { rows } = await client.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM collage WHERE owner = $1 AND finished_at IS NULL',
    [owner],
  );
  if (rows[0]!.count <= unfinishedLimit) return;
  throw new CollagesError(
    'TOO_MANY_UNFINISHED',
    `Expected at most ${unfinishedLimit} collages that wait or are being made. Wait until one has ended.`,
  );
}

/**
 * Of what was asked, before defaults are filled in: these may change between two tries of a client. Of a collage that is
 * made of another, it is what the client asked, whatever has become of that other.
 */
function digestOf({ prompt, options, webhookUrl, origin, askedDigest }: NewCollage): string {
  if (askedDigest !== undefined) return askedDigest;
  const asked = CollageOptions.toJSON(CollageOptions.create(options));
  return requestDigest({ prompt, options: asked, webhookUrl, origin });
}

function checkRequest({ prompt, options, idempotencyKey }: NewCollage): void {
  checkText('prompt', prompt, MAX_PROMPT_CHARACTERS);
  if (prompt.trim() === '' && !options.keyphrases?.length) throw new EmptyPromptError(prompt);
  if (idempotencyKey !== undefined) checkText('idempotencyKey', idempotencyKey, MAX_KEY_CHARACTERS);
}

function checkText(field: string, text: string, longest: number): void {
  // PostgreSQL keeps no NUL in a text.
  if (text.length <= longest && !text.includes('\0')) return;
  throw new OptionInvalidError(
    field,
    `a text of at most ${longest} characters, none of them NUL`,
    text.slice(0, 80),
  );
}
