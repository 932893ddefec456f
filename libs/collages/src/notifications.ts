import pg from 'pg';
import type { Database } from '@collage/database/database.js';

const FIRST_WAIT_MILLISECONDS = 100;
const LONGEST_WAIT_MILLISECONDS = 5_000;

/** Told when a channel says something; undefined: something may have been missed, look for yourself. */
export type Listener = (payload: string | undefined) => void;

/**
 * What the database says on its channels (LISTEN), over one connection however many listen. After the connection broke it is
 * made anew, and all are told to look for themselves: a notification only ever says that there is something to read.
 */
export class Notifications {
  private readonly listeners = new Map<string, Set<Listener>>();
  private client?: pg.Client;
  private connecting?: Promise<void>;
  private closed = false;
  private timer?: NodeJS.Timeout;
  private waitMilliseconds = FIRST_WAIT_MILLISECONDS;

  constructor(private readonly database: Database) {}

  /** Calls `listener` for whatever the channel says from about now on, until the function it returns is called. */
  listen(channel: string, listener: Listener): () => void {
    let listeners = this.listeners.get(channel);
    if (!listeners) {
      listeners = new Set();
      this.listeners.set(channel, listeners);
      if (this.client) void this.listenTo(this.client, channel).then(() => this.tell(channel, undefined));
    }
    listeners.add(listener);
    void this.connect();
    return () => listeners.delete(listener);
  }

  /** Resolves when the connection is there, or its first try has failed. */
  async ready(): Promise<void> {
    await this.connect();
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.connecting;
    await this.client?.end().catch(() => {});
  }

  private connect(): Promise<void> {
    if (this.closed || this.client || this.timer) return Promise.resolve();
    this.connecting ??= this.open().finally(() => (this.connecting = undefined));
    return this.connecting;
  }

  private async open(): Promise<void> {
    let client: pg.Client | undefined;
    try {
      await this.database.connect();
      client = new pg.Client({
        ...(await this.database.connectionConfig()),
        application_name: 'collage: notifications',
        keepAlive: true,
      });
      const opened = client;
      client.on('notification', ({ channel, payload }) => this.tell(channel, payload ?? ''));
      client.on('error', () => {});
      client.on('end', () => this.lost(opened));
      await client.connect();
      for (const channel of this.listeners.keys()) await this.listenTo(client, channel);
      this.client = client;
      this.waitMilliseconds = FIRST_WAIT_MILLISECONDS;
      for (const channel of this.listeners.keys()) this.tell(channel, undefined);
    } catch {
      await client?.end().catch(() => {});
      this.again();
    }
  }

  private async listenTo(client: pg.Client, channel: string): Promise<void> {
    // One that broke meanwhile is made anew, with all channels.
    await client.query(`LISTEN ${client.escapeIdentifier(channel)}`).catch(() => {});
  }

  private lost(client: pg.Client): void {
    if (this.client !== client) return;
    this.client = undefined;
    this.again();
  }

  private again(): void {
    if (this.closed || this.timer) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.connect();
    }, this.waitMilliseconds);
    this.waitMilliseconds = Math.min(2 * this.waitMilliseconds, LONGEST_WAIT_MILLISECONDS);
  }

  private tell(channel: string, payload: string | undefined): void {
    for (const listener of this.listeners.get(channel) ?? []) listener(payload);
  }
}
