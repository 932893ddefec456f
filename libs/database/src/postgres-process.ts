import { spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PostgresBinaries } from './postgres-binaries.js';
import type { ServerUser } from './server-user.js';

/** Where a server's files lie. */
export interface ServerFolders {
  data: string;
  socket: string;
  /** The file that it writes its log to. */
  log: string;
}

/** A start of the server; whether it got anywhere, a connection tells. */
export interface PostgresStart {
  /** How it ended, in words; undefined while it runs. */
  ended?: string;
  /** What it wrote to its log, and how it ended. */
  output(): string;
}

/**
 * Log lines that say: another server has, or had a moment ago, this folder, or is just beginning to (its lock file is made
 * empty and then written); or this one ended well, so another of ours came, left and stopped it before we were in.
 */
const TAKEN =
  /lock file .* (?:already exists|is empty)|pre-existing shared memory block|in use|being shut down|it ended with 0$/;

/** Whether a start failed only because another server is there still. */
export function isTaken(output: string): boolean {
  return TAKEN.test(output);
}

/**
 * Starts a server that outlives us: in a session of its own, so that a terminal's Ctrl-C reaches only us, who may have
 * something left to write. It writes to a file: a pipe would break with us.
 */
export function startPostgres(
  binaries: PostgresBinaries,
  folders: ServerFolders,
  user: ServerUser,
): PostgresStart {
  const settings = {
    listen_addresses: '',
    unix_socket_directories: folders.socket,
    unix_socket_permissions: '0700',
    // After a kill, flush the file system in one call, not every file on its own: 0.2 s against 4 s.
    ...(process.platform === 'linux' ? { recovery_init_sync_method: 'syncfs' } : {}),
  };
  const { command, args, uid, gid } = user.as({
    command: join(binaries.folder, 'postgres'),
    args: [
      '-D',
      folders.data,
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
  });
  const log = openSync(folders.log, 'a', 0o600);
  const from = fstatSync(log).size;
  const start: PostgresStart = {
    output: () => `${readFileSync(folders.log).subarray(from).toString()}${start.ended ?? ''}`,
  };
  try {
    const child = spawn(command, args, {
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...process.env, LC_ALL: 'C' },
      uid,
      gid,
    });
    child.once('error', ({ message }) => (start.ended ??= message));
    child.once('exit', (code, signal) => (start.ended ??= `it ended with ${signal ?? code}`));
    child.unref();
  } finally {
    closeSync(log);
  }
  return start;
}
