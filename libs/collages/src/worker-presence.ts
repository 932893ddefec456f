import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Database } from '@collage/database/database.js';

/** First keys of the advisory locks: of a worker, shared by all workers of a version, of whoever launches the queue. */
const WORKER = 7_305_011;
const VERSION = 7_305_012;
const LAUNCHING = 7_305_013;
const AGAIN_MILLISECONDS = 500;
const LAUNCHING_MILLISECONDS = 100;
/** After a database was away all workers take their locks anew: until then none is taken for dead. */
const SETTLE_MILLISECONDS = 3_000;

/**
 * Says to all other workers that this one is alive, and tells which of the others are not: each holds advisory locks on a
 * connection of its own, and PostgreSQL frees them the moment the process is gone, however it went. No clock is compared
 * and no heartbeat missed. After a lost connection the locks are taken anew; what was taken over meanwhile is guarded by
 * the run number of the event log.
 */
export class WorkerPresence {
  private client?: pg.Client;
  private closed = false;
  private opening?: Promise<void>;
  private judgesFrom = 0;
  /** How many living workers come before this one, in an order that all see alike; as of the last {@link learnRank}. */
  rank = 0;

  constructor(
    private readonly database: Database,
    readonly workerId: string,
    readonly version: string,
  ) {}

  /** Resolves when the locks are held. Throws what the database throws. */
  async begin(): Promise<void> {
    this.opening ??= this.open().finally(() => (this.opening = undefined));
    await this.opening;
  }

  /** Whether others may be judged by their locks now. */
  get mayJudge(): boolean {
    return this.client !== undefined && performance.now() >= this.judgesFrom;
  }

  /** Learns how many workers come before this one. Throws what the database throws. */
  async learnRank(): Promise<void> {
    const client = await this.connected();
    const { rows } = await client.query<{ before: number }>(
      `SELECT count(*)::int AS before FROM pg_locks JOIN pg_database ON pg_database.oid = database
       WHERE locktype = 'advisory' AND classid = $1 AND objsubid = 2 AND granted AND datname = current_database()
         AND objid::bigint < $2`,
      // As the system's tables have it: without a sign.
      [WORKER, keyOf(this.workerId) >>> 0],
    );
    this.rank = rows[0]!.before;
  }

  /** Runs work while nobody can be the worker of this id; undefined, and nothing done, where it lives. */
  async whileDead<Result>(workerId: string, work: () => Promise<Result>): Promise<Result | undefined> {
    return this.exclusively(WORKER, keyOf(workerId), work);
  }

  /** Runs work while no worker of this version can begin; undefined, and nothing done, where one lives. */
  async whileVersionIsGone<Result>(
    version: string,
    work: () => Promise<Result>,
  ): Promise<Result | undefined> {
    return this.exclusively(VERSION, keyOf(version), work);
  }

  /**
   * Runs work that one worker at a time may do: launching makes and changes the queue's own tables. The others ask again
   * and again: whoever waited inside a statement would be waited for by CREATE INDEX CONCURRENTLY, which is part of the
   * work, and both for ever.
   */
  async launchAlone<Result>(work: () => Promise<Result>): Promise<Result> {
    for (;;) {
      const client = await this.connected();
      const { rows } = await client.query('SELECT pg_try_advisory_lock($1) AS got', [LAUNCHING]);
      if (!rows[0].got) {
        await sleep(LAUNCHING_MILLISECONDS);
        continue;
      }
      try {
        return await work();
      } finally {
        await client.query('SELECT pg_advisory_unlock($1)', [LAUNCHING]).catch(() => {});
      }
    }
  }

  async end(): Promise<void> {
    this.closed = true;
    await this.opening?.catch(() => {});
    await this.client?.end().catch(() => {});
    this.client = undefined;
  }

  private async exclusively<Result>(
    kind: number,
    key: number,
    work: () => Promise<Result>,
  ): Promise<Result | undefined> {
    const client = await this.connected();
    const { rows } = await client.query('SELECT pg_try_advisory_lock($1, $2) AS got', [kind, key]);
    if (!rows[0].got) return undefined;
    try {
      return await work();
    } finally {
      await client.query('SELECT pg_advisory_unlock($1, $2)', [kind, key]).catch(() => {});
    }
  }

  private async connected(): Promise<pg.Client> {
    if (!this.client) await this.begin();
    return this.client!;
  }

  private async open(): Promise<void> {
    if (this.client || this.closed) return;
    await this.database.connect();
    const client = new pg.Client({
      ...(await this.database.connectionConfig()),
      application_name: 'collage: worker',
      keepAlive: true,
      keepAliveInitialDelayMillis: 5_000,
    });
    client.on('error', () => {});
    client.on('end', () => {
      if (this.client === client) this.client = undefined;
      void this.reopen();
    });
    try {
      await client.connect();
      // So that a worker behind a network that is gone is found dead in seconds, not hours; sockets ignore it.
      await client.query(
        'SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3',
      );
      // Whoever holds ours just found us dead: that is short.
      await client.query('SELECT pg_advisory_lock($1, $2)', [WORKER, keyOf(this.workerId)]);
      await client.query('SELECT pg_advisory_lock_shared($1, $2)', [VERSION, keyOf(this.version)]);
      this.client = client;
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
  }

  private async reopen(): Promise<void> {
    while (!this.closed && !this.client) {
      await sleep(AGAIN_MILLISECONDS);
      await this.begin().catch(() => {});
    }
    this.judgesFrom = performance.now() + SETTLE_MILLISECONDS;
  }
}

/** 32 bits of a name, signed, as advisory locks take. */
function keyOf(name: string): number {
  return createHash('sha256').update(name).digest().readInt32BE(0);
}
