import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { codeOf, DatabaseError } from './database-error.js';
import { giveTo, type ServerUser } from './server-user.js';

/** Longest folder that leaves room for "/.s.PGSQL.5432" in a socket's address: 103 bytes on macOS, 107 on Linux. */
const LONGEST = 88;

/**
 * Where the server of `dataFolder` has its socket: `run` beside it, or where that is too long for a socket's address a
 * folder of temporary files named after it.
 */
export function socketFolderOf(dataFolder: string): string {
  const beside = join(dataFolder, '..', 'run');
  if (Buffer.byteLength(beside) <= LONGEST) return beside;
  const name = createHash('sha256').update(dataFolder).digest('hex').slice(0, 16);
  return join(tmpdir(), `collage-${process.getuid!()}-${name}`);
}

/**
 * Makes the folder, closed to others: who can reach the socket is let in without a password.
 * @throws DatabaseError DATABASE_START_FAILED where somebody else's folder has that name
 */
export async function makeSocketFolder(folder: string, user: ServerUser): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  const found = await lstat(folder);
  // Only we write beside our data; in the folder of temporary files anyone may have been first.
  const owners = dirname(folder) === tmpdir() ? [process.getuid!(), user.owner.uid] : [found.uid];
  if (!found.isDirectory() || !owners.includes(found.uid)) {
    throw new DatabaseError(
      'DATABASE_START_FAILED',
      `Expected a folder of our own for the database's socket but received one of user ${found.uid}: ${folder}. ` +
        'Set DATA_DIR to a folder with a shorter path.',
    );
  }
  await giveTo(user, folder);
  await chmod(folder, 0o700);
}
