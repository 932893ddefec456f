import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { DATABASE_NAME, prepareDataFolder } from './data-folder.js';
import { codeOf, DatabaseError, describeError } from './database-error.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import { isTaken, type PostgresStart, type ServerFolders, startPostgres } from './postgres-process.js';
import { lastLines } from './run-program.js';
import { CONNECT_TIMEOUT_MILLISECONDS } from './server-address.js';
import { chooseServerUser, giveTo, type ServerUser } from './server-user.js';
import { makeSocketFolder, socketFolderOf } from './socket-folder.js';
import { postmasterOf, freeStaleLock } from './stale-lock.js';

/** Advisory lock that each of our processes shares while it uses the server, and that whoever stops it holds alone. */
const IN_USE = 7_305_001;
const POLL_MILLISECONDS = 25;
/** Recovery after a kill reads the log since the last checkpoint: seconds, at the worst a minute. */
const START_TIMEOUT_MILLISECONDS = 120_000;
const STOP_TIMEOUT_MILLISECONDS = 60_000;
/** How long another program may hold the process id of a server that was, before its lock counts as stale. */
const STALE_AFTER_MILLISECONDS = 2_000;

/** A place among the users of a running server, held by a connection: when it ends, so has the place. */
export interface Membership {
  connection: pg.Client;
  /** Whether the server is still there, as far as the connection knows. */
  alive: boolean;
  /** Whether this call started the server; false: it ran already. */
  started: boolean;
}

/**
 * PostgreSQL as a process beside ours, shared by all of our processes that use the same data folder. The first to come
 * starts it, all others join it, the last to leave stops it. One that we died and left is adopted; one that died is
 * started again by whoever comes next.
 *
 * Its lock is PostgreSQL's own: a second server on a data folder refuses to start, and the loser joins the winner.
 */
export class EmbeddedServer {
  readonly folders: ServerFolders;

  constructor(
    /** Folder for all of the server's files; made where it is missing. */
    folder: string,
    private readonly binaries: PostgresBinaries,
    private readonly userKind?: ServerUser['kind'],
  ) {
    const data = join(folder, 'data');
    this.folders = { data, socket: socketFolderOf(data), log: join(folder, 'server.log') };
  }

  /** How to connect: for pg. */
  get connection(): pg.ClientConfig {
    return {
      host: this.folders.socket,
      port: 5432,
      user: DATABASE_NAME,
      database: DATABASE_NAME,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MILLISECONDS,
    };
  }

  /** Starts or adopts the server and joins its users. Throws a {@link DatabaseError} that holds the end of its log. */
  async join(signal?: AbortSignal): Promise<Membership> {
    const user = await chooseServerUser(this.userKind);
    await prepareDataFolder(this.folders.data, this.binaries, user);
    const deadline = performance.now() + START_TIMEOUT_MILLISECONDS;
    let staleAt = performance.now() + STALE_AFTER_MILLISECONDS;
    let start: PostgresStart | undefined;
    let problem: unknown;
    while (performance.now() < deadline) {
      signal?.throwIfAborted();
      try {
        return await this.enter(start !== undefined && start.ended === undefined);
      } catch (error) {
        if (error instanceof DatabaseError) throw error;
        problem = error;
      }
      // Not there yet, or not there any more: 57P03 says it is coming up or going down, and both end.
      if (start?.ended !== undefined && !isTaken(start.output())) throw this.startFailed(start.output());
      const waiting = start !== undefined && start.ended === undefined;
      if (!waiting && codeOf(problem) !== '57P03') {
        if (start === undefined) await this.prepareStart(user);
        else if (performance.now() > staleAt) {
          await freeStaleLock(this.folders.data, this.folders.socket);
          staleAt = performance.now() + STALE_AFTER_MILLISECONDS;
        }
        start = startPostgres(this.binaries, this.folders, user);
      }
      await sleep(waiting ? POLL_MILLISECONDS : 2 * POLL_MILLISECONDS, undefined, { signal });
    }
    throw this.startFailed(
      `${start?.output() ?? ''}\nno connection within ${START_TIMEOUT_MILLISECONDS / 1000} s: ${describeError(problem)}`,
    );
  }

  /** Gives the place up, and stops the server if nobody else of ours has one. */
  async leave(membership: Membership): Promise<void> {
    const { connection } = membership;
    try {
      if (!membership.alive) return;
      await connection.query('SELECT pg_advisory_unlock_shared($1)', [IN_USE]);
      const { rows } = await connection.query('SELECT pg_try_advisory_lock($1) AS last', [IN_USE]);
      // Whoever comes from here on waits for the lock, loses the connection and starts the server again.
      if (rows[0].last) await this.stop();
    } catch (error) {
      // It died in this moment, or another of ours who left at the same time stops it: then nothing is left to stop. What
      // it says of that (57P01, 57P02: shut down) arrives before the connection is known to be gone.
      if (membership.alive && !['57P01', '57P02'].includes(codeOf(error) ?? '')) throw error;
    } finally {
      await connection.end().catch(() => {});
    }
  }

  /** Connects, checks that it is our server and not another's, and joins its users. */
  private async enter(started: boolean): Promise<Membership> {
    const connection = new pg.Client({ ...this.connection, application_name: 'collage: in use' });
    const membership = { connection, alive: true, started };
    connection.on('error', () => (membership.alive = false));
    connection.on('end', () => (membership.alive = false));
    try {
      await connection.connect();
      const { rows } = await connection.query("SELECT current_setting('data_directory') AS folder");
      const [ours, theirs] = await Promise.all(
        [this.folders.data, rows[0].folder].map((path) => realpath(path)),
      );
      if (ours !== theirs) {
        throw new DatabaseError(
          'DATABASE_START_FAILED',
          `Expected the server of ${ours} at the socket ${this.folders.socket} but received that of ${theirs}. Stop that one, or ` +
            'set DATA_DIR to another folder.',
        );
      }
      await connection.query('SELECT pg_advisory_lock_shared($1)', [IN_USE]);
      return membership;
    } catch (error) {
      await connection.end().catch(() => {});
      throw error;
    }
  }

  private async prepareStart(user: ServerUser): Promise<void> {
    await makeSocketFolder(this.folders.socket, user);
    await giveTo(user, this.folders.data);
  }

  /** A fast shutdown: PostgreSQL ends its connections, writes a checkpoint, and goes. */
  private async stop(): Promise<void> {
    const processId = await postmasterOf(this.folders.data);
    if (processId === undefined) return;
    process.kill(processId, 'SIGINT');
    const deadline = performance.now() + STOP_TIMEOUT_MILLISECONDS;
    while ((await postmasterOf(this.folders.data)) === processId && performance.now() < deadline) {
      await sleep(POLL_MILLISECONDS);
    }
  }

  private startFailed(output: string): DatabaseError {
    return new DatabaseError(
      'DATABASE_START_FAILED',
      `The embedded database at ${this.folders.data} did not start:\n  ${lastLines(output)}\n` +
        `Its log is ${this.folders.log}. Set DATA_DIR to another folder, or DATABASE_URL to a running server.`,
    );
  }
}
