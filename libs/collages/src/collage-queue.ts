import { DBOS, type DLogger } from '@dbos-inc/dbos-sdk';
import pg from 'pg';
import type { Database } from '@collage/database/database.js';
import { type CollageMaker, type Step, WorkerStopping } from './collage-maker.js';
import { ADDED_CHANNEL } from './collage-store.js';
import { STOPPED_CHANNEL } from './event-log.js';
import { inTransaction } from './in-transaction.js';
import type { Notifications } from './notifications.js';
import { Rounds } from './rounds.js';
import type { WorkerPresence } from './worker-presence.js';

const QUEUE = 'collages';
const WORKFLOW = 'makeCollage';
const ENQUEUE_LIMIT = 100;
const FORGET_LIMIT = 10_000;
/** A collage that is in the queue but has no workflow that goes on, after so long, is put there anew. */
const LOST_AFTER = '60 seconds';
/** One round of tending in so many looks for what hardly ever happens. */
const RARELY = 5;
const ALIVE = ['PENDING', 'ENQUEUED', 'DELAYED'] as const;

export interface QueueSettings {
  /** Collages that a worker makes at a time; the last worker that started sets it for all. */
  concurrency: number;
  /** How often each worker looks for work: half of it is what a collage waits for a worker that is free. */
  pollMilliseconds: number;
  /** How often each worker looks for other workers that died, and for collages that nobody put into the queue. */
  tendMilliseconds: number;
}

/**
 * The queue of collages, on DBOS: a workflow a collage, a step a stage. What DBOS does not do is here: whoever stores a
 * collage need not know DBOS (the row is the request, and any worker puts it into the queue), the work of a dead worker
 * goes to another, that of a version that is gone begins anew, and one that is cancelled stops at once.
 *
 * There is one of these a process: DBOS is global.
 */
export class CollageQueue {
  private readonly stopping = new AbortController();
  /** Those being made here. */
  private readonly making = new Map<string, AbortController>();
  private pool?: pg.Pool;
  private workflow?: (id: string) => Promise<void>;
  private timer?: NodeJS.Timeout;
  private readonly adding = this.rounds(() => this.enqueueAdded());
  private readonly tending = this.rounds(() => this.tend());
  private round = 0;
  private unlisten: (() => void)[] = [];

  constructor(
    private readonly database: Database,
    private readonly maker: Pick<CollageMaker, 'make'>,
    private readonly presence: WorkerPresence,
    private readonly notifications: Notifications,
    private readonly settings: QueueSettings,
    private readonly logger: DLogger,
  ) {}

  /** Begins to work. Throws what the database throws. */
  async start(): Promise<void> {
    await this.presence.begin();
    await this.database.connect();
    this.pool = new pg.Pool({
      ...(await this.database.connectionConfig()),
      application_name: 'collage: queue',
      max: 10,
    });
    this.pool.on('error', () => {});
    DBOS.setConfig({
      name: 'collage',
      // Named only: the pool is what is used.
      systemDatabaseUrl: 'postgresql://collage@localhost/collage',
      systemDatabasePool: this.pool,
      applicationVersion: this.presence.version,
      executorID: this.presence.workerId,
      listenQueues: [QUEUE],
      useListenNotify: false,
      logger: this.logger,
    });
    this.workflow = DBOS.registerWorkflow((id: string) => this.make(id), {
      name: WORKFLOW,
      // A worker may be killed at any time, any number of times: that says nothing of the collage.
      maxRecoveryAttempts: 1_000_000,
    });
    const { concurrency, pollMilliseconds, tendMilliseconds } = this.settings;
    await this.presence.launchAlone(async () => {
      await DBOS.launch();
      await DBOS.registerQueue(QUEUE, {
        workerConcurrency: concurrency,
        minPollingIntervalMs: pollMilliseconds,
        onConflict: 'always_update',
      });
    });
    this.unlisten = [
      this.notifications.listen(ADDED_CHANNEL, () => this.adding.ask()),
      this.notifications.listen(STOPPED_CHANNEL, (id) => this.stopMaking(id)),
    ];
    const look = () => {
      this.adding.ask();
      this.tending.ask();
    };
    this.timer = setInterval(look, tendMilliseconds);
    look();
  }

  /** How many collages are being made here. */
  get makingCount(): number {
    return this.making.size;
  }

  /** Forgets workflows that ended before a moment; their collages stay. Resolves to how many. */
  async forgetEnded(before: Date): Promise<number> {
    const ended = await DBOS.listWorkflows({
      ...OURS,
      status: ['SUCCESS', 'ERROR', 'CANCELLED'],
      completedBefore: before.toISOString(),
      limit: FORGET_LIMIT,
    });
    if (ended.length > 0) await DBOS.deleteWorkflows(ended.map(({ workflowID }) => workflowID));
    return ended.length;
  }

  /** Leaves the collages being made here for another worker to go on with, and ends. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    for (const unlisten of this.unlisten) unlisten();
    this.stopping.abort(new WorkerStopping('The worker stops.'));
    await Promise.all([this.adding.end(), this.tending.end()]);
    // What it registers is of a process too: without this another queue could not be started after this one.
    await DBOS.shutdown({ deregister: true });
    await this.pool?.end();
    // Last: from here on others may take over.
    await this.presence.end();
  }

  private async make(id: string): Promise<void> {
    const cancelled = new AbortController();
    const signal = AbortSignal.any([cancelled.signal, this.stopping.signal]);
    this.making.set(id, cancelled);
    const step: Step = (name, work) => DBOS.runStep(() => this.unlessStopping(work), { name });
    try {
      await this.unlessStopping(() => this.maker.make(id, step, signal));
    } finally {
      if (this.making.get(id) === cancelled) this.making.delete(id);
    }
  }

  /**
   * Work that was cut off as the worker stops never ends: to DBOS it is as if this process had died here, and the next
   * worker goes on. An error it would record, of a step too, and the next worker be told it instead of doing the work.
   */
  private async unlessStopping<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (this.stopping.signal.aborted) await new Promise(() => {});
      throw error;
    }
  }

  /** @param id undefined: some notifications may have been missed; the event log refuses what is over */
  private stopMaking(id: string | undefined): void {
    if (id !== undefined) this.making.get(id)?.abort(new Error('The collage was cancelled.'));
  }

  private rounds(work: () => Promise<void>): Rounds {
    return new Rounds(() =>
      work().catch((error: unknown) => this.logger.warn(`The queue could not be tended: ${String(error)}`)),
    );
  }

  /** Looks at who else works, and after what dead workers left. */
  private async tend(): Promise<void> {
    if (!this.presence.mayJudge) return;
    await this.presence.learnRank();
    await this.takeOverFromDead();
    if (this.round++ % RARELY !== 0) return;
    await this.beginAnewWhatNobodyReads();
    await this.findLost();
  }

  /**
   * Puts stored collages into the queue. The workflow has the collage's id: so no crash in between, and no other worker at
   * the same time, makes two of it. What begins with the work of another version is left to its workers, for a while.
   */
  private async enqueueAdded(): Promise<void> {
    const { pool } = await this.database.connect();
    await inTransaction(pool, async (client) => {
      const { rows } = await client.query<{ id: string; turn: number }>(
        `SELECT id, turn FROM collage WHERE enqueued_at IS NULL AND finished_at IS NULL
           AND (base_digest IS NULL OR coalesce(stage_version, $1) = $1 OR created_at < now() - interval '${LOST_AFTER}')
         ORDER BY turn, id LIMIT ${ENQUEUE_LIMIT} FOR UPDATE SKIP LOCKED`,
        [this.presence.version],
      );
      for (const { id, turn } of rows) {
        const params = { workflowID: id, queueName: QUEUE, enqueueOptions: { priority: turn } };
        await DBOS.startWorkflow(this.workflow!, params)(id);
      }
      if (rows.length === 0) return;
      await client.query('UPDATE collage SET enqueued_at = now() WHERE id = ANY($1)', [
        rows.map(({ id }) => id),
      ]);
    });
  }

  /** Puts what dead workers were making back into the queue, at its turn. */
  private async takeOverFromDead(): Promise<void> {
    const { workerId, version } = this.presence;
    const pending = () => DBOS.listWorkflows({ ...OURS, status: 'PENDING', applicationVersion: version });
    const others = new Set((await pending()).map(({ executorId }) => executorId));
    others.delete(workerId);
    for (const other of others) {
      if (other === undefined) continue;
      await this.presence.whileDead(other, async () => {
        // Again under the lock: another worker may have done it since.
        const left = (await pending()).filter(({ executorId }) => executorId === other);
        if (left.length === 0) return;
        await DBOS.resumeWorkflows(
          left.map(({ workflowID }) => workflowID),
          { queueName: QUEUE },
        );
        this.logger.warn(`Worker ${other} is gone; ${left.length} of its collages are taken over.`);
      });
    }
  }

  /** Takes over what waits for a version of which no worker is left. */
  private async beginAnewWhatNobodyReads(): Promise<void> {
    const alive = () => DBOS.listWorkflows({ ...OURS, status: [...ALIVE] });
    const versions = new Set((await alive()).map(({ applicationVersion }) => applicationVersion));
    versions.delete(this.presence.version);
    for (const version of versions) {
      if (version === undefined) continue;
      await this.presence.whileVersionIsGone(version, async () => {
        const left = (await alive()).filter(({ applicationVersion }) => applicationVersion === version);
        await this.enqueueAnew(left.map(({ workflowID }) => workflowID));
        this.logger.warn(`No worker of version ${version} is left; ${left.length} collages begin anew.`);
      });
    }
  }

  /** Collages that should be in the queue and are not: a fault of ours, or a database restored from a backup. */
  private async findLost(): Promise<void> {
    const { pool } = await this.database.connect();
    const { rows } = await pool.query<{ id: string }>(
      `SELECT id FROM collage WHERE finished_at IS NULL AND enqueued_at < now() - interval '${LOST_AFTER}'`,
    );
    if (rows.length === 0) return;
    const ids = rows.map(({ id }) => id);
    const alive = await DBOS.listWorkflows({ workflowIDs: ids, status: [...ALIVE] });
    const known = new Set(alive.map(({ workflowID }) => workflowID));
    const lost = ids.filter((id) => !known.has(id));
    if (lost.length === 0) return;
    await this.enqueueAnew(lost);
    this.logger.warn(`${lost.length} collages were not in the queue any more; they are put there anew.`);
  }

  private async enqueueAnew(ids: string[]): Promise<void> {
    if (ids.length === 0) return;
    await DBOS.deleteWorkflows(ids);
    const { pool } = await this.database.connect();
    await pool.query('UPDATE collage SET enqueued_at = NULL WHERE id = ANY($1)', [ids]);
  }
}

const OURS = { workflowName: WORKFLOW, loadInput: false, loadOutput: false };
