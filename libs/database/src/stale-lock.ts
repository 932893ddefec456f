import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from './database-error.js';

/** The server's process id as its data folder tells, or undefined where none runs or ran. */
export async function postmasterOf(dataFolder: string): Promise<number | undefined> {
  const text = await readFile(join(dataFolder, 'postmaster.pid'), 'utf8').catch(() => '');
  const processId = Number(text.split('\n')[0]);
  return processId > 0 ? processId : undefined;
}

/**
 * Removes the lock of a server that was killed and whose process id has gone to another program since, as after a
 * restart of a container: PostgreSQL would wait for that program's end for ever. Only Linux tells what a process is;
 * elsewhere nothing is removed. Resolves to whether something was.
 */
export async function removeStaleLock(dataFolder: string, socketFolder: string): Promise<boolean> {
  const processId = await postmasterOf(dataFolder);
  if (processId === undefined) return false;
  let program: string;
  try {
    program = (await readFile(`/proc/${processId}/comm`, 'utf8')).trim();
  } catch (error) {
    // No such process: PostgreSQL sees to that itself.
    if (['ENOENT', 'ESRCH'].includes(codeOf(error) ?? '')) return false;
    throw error;
  }
  if (program === 'postgres' || program === 'unshare') return false;
  // Nobody may have removed or renewed it meanwhile.
  if ((await postmasterOf(dataFolder)) !== processId) return false;
  await rm(join(socketFolder, '.s.PGSQL.5432.lock'), { force: true });
  await rm(join(dataFolder, 'postmaster.pid'), { force: true });
  return true;
}
