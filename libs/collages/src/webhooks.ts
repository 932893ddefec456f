import type pg from 'pg';
import type { Database } from '@collage/database/database.js';
import { EVENT_CHANNEL } from './event-log.js';
import { inTransaction } from './in-transaction.js';
import type { Notifications } from './notifications.js';
import { signWebhook } from './sign-webhook.js';
import { Waiter } from './waiter.js';

const LOOK_MILLISECONDS = 5_000;
const FIRST_WAIT_SECONDS = 5;
const LONGEST_WAIT_SECONDS = 3600;
/** A receiver that asks to be left alone for longer is asked again after this all the same. */
const LONGEST_ASKED_SECONDS = 24 * 3600;
/** With waits of 5 s, doubled up to an hour: a day and a half, and longer where the receiver asks for longer waits. */
const MOST_TRIES = 40;

/**
 * Posts a body; throws where it was not taken, with a message for people. An error's `retryAfterSeconds` is how long the
 * receiver asked to be left alone (its Retry-After).
 */
export type Post = (
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
) => Promise<void>;

export interface WebhookOptions {
  secret: string;
  post: Post;
  now: () => Date;
  /** 0 to below 1. */
  random: () => number;
  /** Hears of every try: '' or why it failed. */
  onTry?: (collageId: string, problem: string) => void;
}

interface Due {
  id: string;
  webhook_url: string;
  state: string;
  finished_at: Date;
  try_count: number | null;
}

/** How a try went: `problem` is '' or why it was not taken. */
interface Tried {
  problem: string;
  askedSeconds?: number;
}

/**
 * Tells clients of the end of their collages. Whom to tell is in the database, and a try is recorded when it was made: so
 * a message may come twice, if a process dies in between, and is never lost. Any number of processes may send.
 */
export class Webhooks {
  constructor(
    private readonly database: Database,
    private readonly notifications: Notifications,
    private readonly options: WebhookOptions,
  ) {}

  /** Sends what is due, one message at a time, until the signal aborts. */
  async serve(signal: AbortSignal): Promise<void> {
    const waiter = new Waiter(signal);
    const unlisten = this.notifications.listen(EVENT_CHANNEL, waiter.wake);
    try {
      while (!signal.aborted) {
        const sent = await this.sendOne(signal).catch(() => false);
        if (!sent) await waiter.wait(LOOK_MILLISECONDS);
      }
    } finally {
      unlisten();
      waiter.close();
    }
  }

  /** False where nothing is due. */
  async sendOne(signal: AbortSignal): Promise<boolean> {
    const { pool } = await this.database.connect();
    return inTransaction(pool, async (client) => {
      const due = await this.nextDue(client);
      if (!due) return false;
      const tries = (due.try_count ?? 0) + 1;
      const { problem, askedSeconds } = await this.send(due, signal);
      // Shutting down is no fault of the receiver.
      signal.throwIfAborted();
      this.options.onTry?.(due.id, problem);
      const isOver = problem === '' || tries >= MOST_TRIES;
      await client.query(
        `INSERT INTO webhook_delivery (collage_id, try_count, next_try_at, result) VALUES ($1, $2, $3, $4)
         ON CONFLICT (collage_id) DO UPDATE SET try_count = $2, next_try_at = $3, result = $4`,
        [
          due.id,
          tries,
          isOver ? null : this.nextTry(tries, askedSeconds),
          problem === '' ? 'delivered' : problem.slice(0, 500),
        ],
      );
      return true;
    });
  }

  /** A collage that has ended, whose client is to be told now and whom nobody else is telling. */
  private async nextDue(client: pg.ClientBase): Promise<Due | undefined> {
    const { rows } = await client.query<Due>(
      `SELECT collage.id, webhook_url, state, finished_at, try_count
       FROM collage LEFT JOIN webhook_delivery ON collage_id = id
       WHERE webhook_url IS NOT NULL AND finished_at IS NOT NULL AND (collage_id IS NULL OR next_try_at <= $1)
       ORDER BY coalesce(next_try_at, finished_at) FOR UPDATE OF collage SKIP LOCKED LIMIT 1`,
      [this.options.now()],
    );
    return rows[0];
  }

  private async send({ id, webhook_url, state, finished_at }: Due, signal: AbortSignal): Promise<Tried> {
    const { secret, post, now } = this.options;
    const finishedAt = finished_at.toISOString();
    const body = JSON.stringify({ type: 'collage.finished', timestamp: finishedAt, data: { id, state } });
    const headers = signWebhook(secret, `${id}-finished`, now().getTime() / 1000, body);
    try {
      await post(webhook_url, body, { 'Content-Type': 'application/json', ...headers }, signal);
      return { problem: '' };
    } catch (error) {
      const problem = (error instanceof Error && error.message) || 'it failed';
      return { problem, ...askedBy(error) };
    }
  }

  /** Never before the receiver wants to be asked, which counts up to a day. */
  private nextTry(tries: number, askedSeconds = 0): Date {
    const random = this.options.random();
    const longest = Math.min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** (tries - 1));
    // Between half and all of it, so that what failed together does not come back together.
    const own = longest * (0.5 + 0.5 * random);
    const asked = Math.min(LONGEST_ASKED_SECONDS, askedSeconds) + FIRST_WAIT_SECONDS * random;
    const wait = Math.max(own, asked);
    return new Date(this.options.now().getTime() + 1000 * wait);
  }
}

function askedBy(error: unknown): { askedSeconds?: number } {
  const seconds = (error as { retryAfterSeconds?: unknown } | undefined)?.retryAfterSeconds;
  return typeof seconds === 'number' && seconds > 0 ? { askedSeconds: seconds } : {};
}
