import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const programs = join(root, 'dist/apps/cli/src');
const program = join(programs, 'main.js');
/** Whether this clone is set up for runs with the real sidecar; `npm test` sees to it. */
export const canRun = existsSync(program) && existsSync(join(root, '.venv/bin/python'));

/** How a run of the command line ended. */
export interface CliEnd {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CliRun {
  process: ChildProcess;
  ended: Promise<CliEnd>;
  /** Resolves when the output (both streams) holds `text`. */
  printed(text: string): Promise<void>;
}

/**
 * Runs the compiled command line as a person would, in a data folder of the test's own, with the models that come in
 * packages unless `env` names others: what else a machine has must not decide a test.
 */
export function startCli(args: string[], dataFolder: string, env: Record<string, string> = {}): CliRun {
  return startProgram(program, args, dataFolder, env);
}

/** `npm run open-images -- …`, as {@link startCli}. */
export function startOpenImages(
  args: string[],
  dataFolder: string,
  env: Record<string, string> = {},
): CliRun {
  return startProgram(join(programs, 'open-images-command.js'), args, dataFolder, env);
}

function startProgram(file: string, args: string[], dataFolder: string, env: Record<string, string>): CliRun {
  const child = spawn(process.execPath, [file, ...args], {
    env: { ...process.env, PERCEPTOR: 'starter', SEGMENTER: 'u2netp', DATA_DIR: dataFolder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, as a shell gives it: Ctrl-C reaches the sidecar too.
    detached: true,
  });
  let stdout = '';
  let stderr = '';
  const waiting = new Set<() => void>();
  const heard = () => waiting.forEach((check) => check());
  child.stdout.on('data', (data) => {
    stdout += data;
    heard();
  });
  child.stderr.on('data', (data) => {
    stderr += data;
    heard();
  });
  const ended = new Promise<CliEnd>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  const printed = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const check = () => {
        if (!(stdout + stderr).includes(text)) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
      void ended.then(
        () => reject(new Error(`ended before it printed "${text}":\n${stdout}${stderr}`)),
        reject,
      );
    });
  return { process: child, ended, printed };
}

/** Runs the command line to its end. */
export function runCli(args: string[], dataFolder: string, env?: Record<string, string>): Promise<CliEnd> {
  return startCli(args, dataFolder, env).ended;
}

/** Processes whose parent is `pid`, read from /proc. */
export function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((child) => statOf(child)?.parent === pid);
}

/** Whether a process still runs; a zombie that nobody reaped does not. */
export function isRunning(pid: number): boolean {
  const stat = statOf(pid);
  return stat !== undefined && stat.state !== 'Z' && stat.state !== 'X';
}

function statOf(pid: number): { state: string; parent: number } | undefined {
  try {
    // "pid (name) state parent ...": the name may hold spaces and brackets.
    const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return { state: state!, parent: Number(parent) };
  } catch {
    return undefined;
  }
}
