import { lchown, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram, type Program } from './run-program.js';

/** Debian's and most others' `nobody`. */
const NOBODY = 65534;

/** As whom the server runs: PostgreSQL refuses root. */
export interface ServerUser {
  kind: 'same' | 'user-namespace' | 'nobody';
  /** Who owns the data folder, seen from outside of any namespace. */
  owner: { uid: number; gid: number };
  /** The program, made to run as this user. */
  as(program: Program): Program;
}

/**
 * Who the server runs as, for whoever runs us.
 *
 * - not root: the same.
 * - root: ourselves in a user namespace where we are called 1000, so that it reads what we may read, such as an
 *   environment below a closed home folder, and the data stay ours.
 * - root where namespaces are blocked (some containers): nobody, who then owns the data and must be able to reach them.
 */
export async function chooseServerUser(kind?: ServerUser['kind']): Promise<ServerUser> {
  const owner = { uid: process.getuid!(), gid: process.getgid!() };
  if (kind === 'same' || (kind === undefined && owner.uid !== 0)) {
    return { kind: 'same', owner, as: (program) => program };
  }
  const inNamespace = (program: Program) => ({
    ...program,
    command: 'unshare',
    args: ['--user', '--map-user=1000', '--map-group=1000', '--', program.command, ...program.args],
  });
  const works = async () => (await runProgram(inNamespace({ command: 'true', args: [] }))).code === 0;
  if (kind === 'user-namespace' || (kind === undefined && (await works()))) {
    return { kind: 'user-namespace', owner, as: inNamespace };
  }
  const nobody = { uid: NOBODY, gid: NOBODY };
  return { kind: 'nobody', owner: nobody, as: (program) => ({ ...program, ...nobody }) };
}

/** Gives a folder and all in it to the user, unless it is theirs. */
export async function giveTo(user: ServerUser, path: string): Promise<void> {
  const { uid, gid } = user.owner;
  const before = await lstat(path);
  if (before.uid === uid) return;
  if (before.isDirectory()) for (const name of await readdir(path)) await giveTo(user, join(path, name));
  // The folder last: one whose owner is right is whole.
  await lchown(path, uid, gid);
}
