import { spawn } from 'node:child_process';

/** A program to run; `uid` and `gid` only where it must run as someone else. */
export interface Program {
  command: string;
  args: readonly string[];
  env?: NodeJS.ProcessEnv;
  uid?: number;
  gid?: number;
  /** What it reads on standard input; nothing where left out. */
  input?: string;
}

/** How a program ended, and what it said. */
export interface ProgramEnd {
  /** Exit code, or null where a signal ended it or it could not be started. */
  code: number | null;
  stdout: string;
  /** What it wrote to standard error, or why it could not be started. */
  stderr: string;
}

/** Runs a program to its end and never rejects: what a failure means, the caller knows. */
export function runProgram({ command, args, input, ...options }: Program): Promise<ProgramEnd> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    // It may end without reading; its exit code tells.
    child.stdin.on('error', () => {});
    child.stdin.end(input ?? '');
    child.once('error', ({ message }) => resolve({ code: null, stdout, stderr: message }));
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** The last lines of what a program said, for an error message. */
export function lastLines(text: string, count = 5): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-count).join('\n  ') || 'it printed nothing';
}
