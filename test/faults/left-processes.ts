import { readdirSync, readFileSync } from 'node:fs';

/** The variable of the environment that all processes of one run inherit, PostgreSQL's too. */
export const MARK = 'FAULTS_RUN';

/**
 * Processes of a run that are there still, `id: command line` each. Zombies count as gone: whether somebody asks how they
 * ended is the first process's affair.
 */
export function leftProcesses(mark: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((id) => read(`/proc/${id}/environ`).split('\0').includes(`${MARK}=${mark}`))
    .filter((id) => !/\) [ZX] /.test(read(`/proc/${id}/stat`)))
    .map((id) => `${id}: ${read(`/proc/${id}/cmdline`).replaceAll('\0', ' ').trim()}`);
}

/** A file, or nothing where it is gone. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
