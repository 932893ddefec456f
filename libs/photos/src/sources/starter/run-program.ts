import { spawn } from 'node:child_process';

/** A program that could not be run, failed, or took too long. */
export class ProgramFailedError extends Error {
  constructor(
    readonly program: string,
    detail: string,
    readonly notInstalled = false,
  ) {
    super(`${program}: ${detail}`);
    this.name = 'ProgramFailedError';
  }
}

/** How long a program that was told to stop may take before it is killed, in milliseconds. */
const GRACE_MS = 2000;

/**
 * Runs a program to its end. What it prints is kept for the error message only.
 * Throws {@link ProgramFailedError} when it is not there, fails, or runs longer than `timeoutMs`; throws the
 * signal's reason when that aborts. Either way it and whatever it started have ended by then.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  { timeoutMs, cwd }: { timeoutMs: number; cwd?: string },
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  // A group of its own, since pip and apt-get start helpers that would outlive them.
  const child = spawn(program, args, { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-4000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);

  let timedOut = false;
  let killer: NodeJS.Timeout | undefined;
  const stop = () => {
    killGroup(child.pid, 'SIGTERM');
    killer = setTimeout(() => killGroup(child.pid, 'SIGKILL'), GRACE_MS);
  };
  const timer = setTimeout(() => {
    timedOut = true;
    stop();
  }, timeoutMs);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const code = await new Promise<number | string>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exitCode, exitSignal) => resolve(exitCode ?? exitSignal ?? 'unknown'));
    });
    signal?.throwIfAborted();
    if (timedOut) {
      throw new ProgramFailedError(program, `did not end within ${timeoutMs / 1000} s`);
    }
    if (code !== 0) {
      throw new ProgramFailedError(program, `ended with ${code}: ${lastLines(output)}`);
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new ProgramFailedError(program, 'is not installed', true);
    }
    throw error;
  } finally {
    clearTimeout(timer);
    clearTimeout(killer);
    signal?.removeEventListener('abort', stop);
  }
}

function killGroup(pid: number | undefined, how: NodeJS.Signals): void {
  try {
    if (pid !== undefined) {
      process.kill(-pid, how);
    }
  } catch {
    // It has ended already.
  }
}

function lastLines(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-2).join(' ').trim() || 'it printed nothing';
}
