import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { EmbeddedServer, type Membership } from './embedded-server.js';
import { migrate } from './migrate.js';
import { type BinarySettings, findBinaries, type PostgresBinaries } from './postgres-binaries.js';
import { connectOnce, readDatabaseUrl } from './server-address.js';

const KEEP_ALIVE_MILLISECONDS = 10_000;

/** Where the database is; an app makes it of its settings. */
export interface DatabaseSettings extends BinarySettings {
  /** The setting DATABASE_URL; empty: an embedded server. */
  databaseUrl: string;
  /** Folder of the embedded server's files. */
  folder: string;
  /** Folder of the SQL files that make the schema: `libs/database/migrations`. */
  migrations: string;
  /**
   * How long a query of the pool may take, in milliseconds, before it fails and its connection is given up; absent: as long
   * as it does. For programs whose queries are all short: a server that hangs is noticed.
   */
  queryMilliseconds?: number;
}

/** A database to work with; good until the server goes, so ask `Database.connect` for it before each piece of work. */
export interface Connected {
  /** For queries on the tables of `schema/`. */
  db: NodePgDatabase;
  /** For what needs plain SQL or one connection throughout. */
  pool: pg.Pool;
}

interface Connection extends Connected {
  /** A place at the embedded server; undefined at one of DATABASE_URL. */
  membership?: Membership;
}

/**
 * The database, lazily: nothing is installed, started or connected to before `connect` is first called, and `close` stops
 * an embedded server that nobody else uses.
 */
export class Database {
  private current?: Connection;
  private opening?: Promise<Connection>;
  private binaries?: Promise<PostgresBinaries>;
  private server?: EmbeddedServer;
  private readonly closing = new AbortController();

  constructor(readonly settings: DatabaseSettings) {}

  /**
   * The database, its schema up to date. Cheap when it is connected. After the embedded server died, the next call starts it
   * again; work that was under way has failed, and what it had not committed is gone.
   * @throws DatabaseError when it cannot be had
   */
  async connect(): Promise<Connected> {
    this.closing.signal.throwIfAborted();
    if (this.current && this.current.membership?.alive !== false) return this.current;
    this.opening ??= this.open().finally(() => (this.opening = undefined));
    return this.opening;
  }

  /** PostgreSQL's programs that fit: for backups. Throws a DatabaseError DATABASE_BINARIES_MISSING. */
  findBinaries(): Promise<PostgresBinaries> {
    this.binaries ??= findBinaries(this.settings).catch((error) => {
      // What could not be had once may be later.
      this.binaries = undefined;
      throw error;
    });
    return this.binaries;
  }

  /** How to connect: for pg. The embedded server is there while someone is connected through this class. */
  async connectionConfig(): Promise<pg.ClientConfig> {
    if (this.settings.databaseUrl) return readDatabaseUrl(this.settings.databaseUrl).config;
    return (await this.embedded()).connection;
  }

  /** Ends the connections, and an embedded server that nobody else uses. */
  async close(): Promise<void> {
    this.closing.abort(new Error('The database was closed'));
    await this.opening?.catch(() => {});
    const connection = this.current;
    this.current = undefined;
    if (connection) await this.release(connection);
  }

  private async open(): Promise<Connection> {
    const dead = this.current;
    this.current = undefined;
    if (dead) await this.release(dead);
    const connection = this.settings.databaseUrl ? await this.openUrl() : await this.openEmbedded();
    this.current = connection;
    return connection;
  }

  private async openUrl(): Promise<Connection> {
    const address = readDatabaseUrl(this.settings.databaseUrl);
    const client = await connectOnce(address);
    try {
      await migrate(client, this.settings.migrations);
    } finally {
      await client.end();
    }
    return this.withPool(address.config);
  }

  private async openEmbedded(): Promise<Connection> {
    const server = await this.embedded();
    const membership = await server.join(this.closing.signal);
    try {
      await migrate(membership.connection, this.settings.migrations);
    } catch (error) {
      await server.leave(membership);
      throw error;
    }
    return { ...this.withPool(server.connection), membership };
  }

  private async embedded(): Promise<EmbeddedServer> {
    this.server ??= new EmbeddedServer(this.settings.folder, await this.findBinaries());
    return this.server;
  }

  private async release({ pool, membership }: Connection): Promise<void> {
    await pool.end();
    if (membership) await this.server!.leave(membership);
  }

  private withPool(config: pg.ClientConfig): Connection {
    const pool = new pg.Pool({
      ...config,
      application_name: 'collage',
      max: 8,
      // Of a server whose machine is gone nobody tells.
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MILLISECONDS,
      query_timeout: this.settings.queryMilliseconds,
    });
    // A connection that breaks while nobody uses it is replaced by the pool.
    pool.on('error', () => {});
    // One that breaks in use fails its query; without a listener the event itself would end the process.
    pool.on('connect', (client) => client.on('error', () => {}));
    return { pool, db: drizzle(pool) };
  }
}
