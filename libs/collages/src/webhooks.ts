import type { Database } from '@collage/database/database.js';
import { TO_TELL_CHANNEL } from './event-log.js';
import type { Notifications } from './notifications.js';
import { signWebhook } from './sign-webhook.js';
import { Waiter } from './waiter.js';
import { webhookWait } from './webhook-wait.js';

const LOOK_MILLISECONDS = 5_000;
/** So often those are looked for whose end a process of an earlier version wrote. */
const TAKING_UP_MILLISECONDS = 600_000;
/** Messages under way at a time, of a process. */
export const WEBHOOKS_AT_ONCE = 8;
/** Of these, of one owner: receivers that are slow hold up their owner's messages only. */
const OF_AN_OWNER = 2;
/** For the whole exchange: a receiver that needs longer is to take the message first, and work on it then. */
const TRY_MILLISECONDS = 10_000;
/** Nobody else sends a message for so long after it was taken for sending; many times what sending takes. */
const CLAIM_MILLISECONDS = 120_000;
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
  /** For the whole exchange; absent: 10 s. */
  tryMilliseconds?: number;
  /** Hears of every try: '' or why it failed. */
  onTry?: (collageId: string, problem: string) => void;
}

/** A message that was taken for sending. */
interface Claimed {
  id: string;
  owner: string;
  webhook_url: string;
  state: string;
  finished_at: Date;
  /** Tries before this one. */
  try_count: number;
}

/** How a try went: `problem` is '' or why it was not taken. */
interface Tried {
  problem: string;
  askedSeconds?: number;
}

/**
 * Tells clients of the end of their collages. Whom to tell is in the database (the event log writes it with the end), and a
 * try is recorded when it was made: so a message may come twice, if a process dies in between, and is never lost. Any
 * number of processes may send: each claims a message for a while before it sends, and nothing is locked meanwhile.
 */
export class Webhooks {
  /** Of the messages under way, one entry each. */
  private readonly owners: string[] = [];

  constructor(
    private readonly database: Database,
    private readonly notifications: Notifications,
    private readonly options: WebhookOptions,
  ) {}

  /** Sends what is due, several messages at a time, until the signal aborts. */
  async serve(signal: AbortSignal): Promise<void> {
    const waiter = new Waiter(signal);
    const unlisten = this.notifications.listen(TO_TELL_CHANNEL, waiter.wake);
    const underWay = new Set<Promise<void>>();
    try {
      for (let takenUp = -Infinity; !signal.aborted;) {
        if (performance.now() - takenUp >= TAKING_UP_MILLISECONDS) {
          takenUp = performance.now();
          await this.takeUp().catch(() => {});
        }
        const isRoom = underWay.size < WEBHOOKS_AT_ONCE;
        const message = isRoom ? await this.claim().catch(() => undefined) : undefined;
        if (message) {
          const sending = this.deliver(message, signal)
            .catch(() => {})
            .finally(() => {
              underWay.delete(sending);
              waiter.wake();
            });
          underWay.add(sending);
        } else {
          await waiter.wait(LOOK_MILLISECONDS);
        }
      }
    } finally {
      unlisten();
      await Promise.all(underWay);
      waiter.close();
    }
  }

  /** Sends one message; false where none is due. */
  async sendOne(signal: AbortSignal): Promise<boolean> {
    const message = await this.claim();
    if (!message) return false;
    await this.deliver(message, signal);
    return true;
  }

  /** Processes of versions before this one wrote only the end itself, not whom to tell of it. */
  private async takeUp(): Promise<void> {
    const { pool } = await this.database.connect();
    await pool.query(
      `INSERT INTO webhook_delivery (collage_id, next_try_at)
       SELECT id, '-infinity' FROM collage
       WHERE webhook_url IS NOT NULL AND finished_at IS NOT NULL
         AND NOT EXISTS (SELECT FROM webhook_delivery WHERE collage_id = id)
       ON CONFLICT DO NOTHING`,
    );
  }

  /** Takes the message that has been due for longest and that nobody else has taken, of an owner who has few under way. */
  private async claim(): Promise<Claimed | undefined> {
    const now = this.options.now();
    const { owners } = this;
    const busy = owners.filter((owner) => owners.filter((other) => other === owner).length >= OF_AN_OWNER);
    const { pool } = await this.database.connect();
    const { rows } = await pool.query<Claimed>(
      `WITH due AS (
         SELECT collage_id FROM webhook_delivery JOIN collage ON id = collage_id
         WHERE next_try_at <= $1 AND owner <> ALL ($3)
         ORDER BY next_try_at, finished_at FOR UPDATE OF webhook_delivery SKIP LOCKED LIMIT 1)
       UPDATE webhook_delivery SET next_try_at = $2 FROM due JOIN collage ON id = due.collage_id
       WHERE webhook_delivery.collage_id = due.collage_id
       RETURNING id, owner, webhook_url, state, finished_at, try_count`,
      [now, new Date(now.getTime() + CLAIM_MILLISECONDS), busy],
    );
    if (rows[0]) this.owners.push(rows[0].owner);
    return rows[0];
  }

  /** Sends a claimed message and writes how that went; where its collage was deleted meanwhile, nothing. */
  private async deliver(message: Claimed, signal: AbortSignal): Promise<void> {
    const { id, owner, try_count } = message;
    try {
      const { problem, askedSeconds } = await this.send(message, signal);
      const { pool } = await this.database.connect();
      if (problem !== '' && signal.aborted) {
        // Shutting down is no fault of the receiver: whoever comes next sends it at once.
        const { now } = this.options;
        await pool.query('UPDATE webhook_delivery SET next_try_at = $2 WHERE collage_id = $1', [id, now()]);
        return;
      }
      this.options.onTry?.(id, problem);
      const tries = try_count + 1;
      const isOver = problem === '' || tries >= MOST_TRIES;
      const wait = webhookWait(tries, this.options.random(), askedSeconds);
      await pool.query(
        'UPDATE webhook_delivery SET try_count = $2, next_try_at = $3, result = $4 WHERE collage_id = $1',
        [
          id,
          tries,
          isOver ? null : new Date(this.options.now().getTime() + 1000 * wait),
          problem === '' ? 'delivered' : problem.slice(0, 500),
        ],
      );
    } finally {
      this.owners.splice(this.owners.indexOf(owner), 1);
    }
  }

  private async send(message: Claimed, signal: AbortSignal): Promise<Tried> {
    const { id, webhook_url, state, finished_at } = message;
    const { secret, post, now, tryMilliseconds = TRY_MILLISECONDS } = this.options;
    const finishedAt = finished_at.toISOString();
    const body = JSON.stringify({ type: 'collage.finished', timestamp: finishedAt, data: { id, state } });
    const signed = signWebhook(secret, `${id}-finished`, now().getTime() / 1000, body);
    const headers = { 'Content-Type': 'application/json', ...signed };
    const timeUp = AbortSignal.timeout(tryMilliseconds);
    try {
      await post(webhook_url, body, headers, AbortSignal.any([signal, timeUp]));
      return { problem: '' };
    } catch (error) {
      if (timeUp.aborted)
        return { problem: `${webhook_url} did not take the message within ${tryMilliseconds / 1000} s` };
      const problem = (error instanceof Error && error.message) || 'it failed';
      return { problem, ...askedBy(error) };
    }
  }
}

function askedBy(error: unknown): { askedSeconds?: number } {
  const seconds = (error as { retryAfterSeconds?: unknown } | undefined)?.retryAfterSeconds;
  return typeof seconds === 'number' && seconds > 0 ? { askedSeconds: seconds } : {};
}
