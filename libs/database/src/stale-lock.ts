import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from './database-error.js';

/** No system gives this to a process (Linux: 2^22 at most). */
const NOBODY = 2 ** 31 - 2;

/** The server's process id as its data folder tells, or undefined where none runs or ran. */
export async function postmasterOf(dataFolder: string): Promise<number | undefined> {
  const text = await readFile(join(dataFolder, 'postmaster.pid'), 'utf8').catch(() => '');
  const processId = Number(text.split('\n')[0]);
  return processId > 0 && processId !== NOBODY ? processId : undefined;
}

/**
 * Frees a data folder of the lock of a server that was killed and whose process id is not free: another program has it
 * since, as after a restart of a container, or nobody has asked for how it ended, as in a container whose first process
 * reaps no others (a zombie). PostgreSQL would wait for that process's end for ever. Only Linux tells what a process is;
 * elsewhere nothing is done. Resolves to whether something was.
 *
 * The lock is left with a process id that nobody has: so PostgreSQL still finds the shared memory it names, and waits for
 * what is left of the server that was killed.
 */
export async function freeStaleLock(dataFolder: string, socketFolder: string): Promise<boolean> {
  const processId = await postmasterOf(dataFolder);
  if (processId === undefined || !(await isStale(processId))) return false;
  const lock = join(dataFolder, 'postmaster.pid');
  const taken = `${lock}.stale-${process.pid}`;
  try {
    // Moved away first: of several of us, one frees it.
    await rename(lock, taken);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
  const text = await readFile(taken, 'utf8');
  const isThat = Number(text.split('\n')[0]) === processId;
  if (isThat) {
    await writeFile(taken, text.replace(/^\d+/, String(NOBODY)));
    await rm(join(socketFolder, '.s.PGSQL.5432.lock'), { force: true });
  }
  // The same file under its old name, so that it stays the server's own; one renewed meanwhile as it was.
  await link(taken, lock).catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw error;
  });
  await rm(taken, { force: true });
  return isThat;
}

/** Whether a process id is taken, and not by a server. */
async function isStale(processId: number): Promise<boolean> {
  try {
    const [, program, state] = /\((.*)\) (\S)/s.exec(await readFile(`/proc/${processId}/stat`, 'utf8'))!;
    return state === 'Z' || (program !== 'postgres' && program !== 'unshare');
  } catch (error) {
    // No such process: PostgreSQL sees to that itself.
    if (['ENOENT', 'ESRCH'].includes(codeOf(error) ?? '')) return false;
    throw error;
  }
}
