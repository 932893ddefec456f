import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** How to run a program, each time the same. */
export interface ProgramSettings {
  /** `worker 1`: also the name of its log. */
  name: string;
  kind: 'worker' | 'api' | 'sidecar';
  command: string;
  args: string[];
  cwd?: string;
  env: Record<string, string>;
  /** Matches the line that says that it is up. */
  ready: RegExp;
  logFolder: string;
}

const GRACE_MILLISECONDS = 30_000;
const AGAIN_MILLISECONDS = 300;
const KEPT_LINES = 100_000;

/**
 * A program that is to run, as a container's engine sees to it: started again whenever it ends, however it ended, until it
 * is stopped. Its output is kept whole, in memory and in a file.
 */
export class Program {
  readonly lines: string[] = [];
  /** Ends that nobody here asked for, of programs that had come up: faults of theirs. */
  readonly crashes: string[] = [];
  /** How often it ended before it was up, unasked: the database was away, say. */
  failedStarts = 0;
  private child?: ChildProcess;
  private stopping = false;
  private killed = false;
  private ended?: Promise<void>;
  private readonly listening = new Set<() => void>();

  constructor(readonly settings: ProgramSettings) {}

  /** Whether it has said so, and runs. */
  isUp = false;

  get processId(): number | undefined {
    return this.child?.pid;
  }

  /** Begins to run it; resolves when it is up for the first time. */
  async start(): Promise<void> {
    this.stopping = false;
    const since = this.lines.length;
    this.ended = this.keepRunning();
    await this.wrote(this.settings.ready, since);
  }

  /** Resolves when a line matches, of those after the first `since`, or of those to come. */
  async wrote(pattern: RegExp, since = 0, withinMilliseconds = 180_000): Promise<string> {
    let from = since;
    return new Promise((resolve, reject) => {
      const done = (settle: () => void) => {
        this.listening.delete(look);
        clearTimeout(timer);
        settle();
      };
      const look = () => {
        for (; from < this.lines.length; from++) {
          const line = this.lines[from]!;
          if (pattern.test(line)) return done(() => resolve(line));
        }
      };
      const late = () =>
        done(() =>
          reject(
            new Error(`${this.settings.name} did not write ${pattern}:\n${this.lines.slice(-20).join('\n')}`),
          ),
        );
      const timer = setTimeout(late, withinMilliseconds);
      this.listening.add(look);
      look();
    });
  }

  /** Sends it a signal. After SIGKILL it is started again. */
  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    if (signal === 'SIGKILL') this.killed = true;
    this.child?.kill(signal);
  }

  /** Ends it for good, in order; resolves to its exit code. */
  async stop(): Promise<number | null> {
    this.stopping = true;
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) {
      await this.ended;
      return 0;
    }
    child.kill('SIGCONT');
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MILLISECONDS);
    await this.ended;
    clearTimeout(timer);
    return child.exitCode;
  }

  private async keepRunning(): Promise<void> {
    while (!this.stopping) {
      const { how, wasUp } = await this.runOnce();
      if (this.stopping) return;
      if (!this.killed) {
        if (wasUp) this.crashes.push(`${this.settings.name}: ${how}`);
        else this.failedStarts++;
      }
      await sleep(AGAIN_MILLISECONDS);
    }
  }

  private runOnce(): Promise<{ how: string; wasUp: boolean }> {
    const { command, args, cwd, env, ready } = this.settings;
    this.isUp = false;
    this.killed = false;
    // Should this process be killed, its end of the pipe is closed, and the program ends.
    const child = spawn(command, [...args, '--stdin-lifeline'], { cwd, env, stdio: 'pipe' });
    this.child = child;
    child.stdin.on('error', () => {});
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        if (ready.test(line)) this.isUp = true;
        this.keep(line);
      });
    }
    return new Promise((resolve) => {
      child.once('error', ({ message }) => resolve({ how: message, wasUp: false }));
      child.once('exit', (code, signal) => {
        const wasUp = this.isUp;
        this.isUp = false;
        this.keep(`--- ${this.settings.name} (${child.pid}) ended with ${signal ?? code}`);
        resolve({ how: signal ?? `exit code ${code}`, wasUp });
      });
    });
  }

  private keep(line: string): void {
    this.lines.push(line);
    if (this.lines.length > KEPT_LINES) this.lines.shift();
    const { logFolder, name } = this.settings;
    appendFileSync(join(logFolder, `${name.replace(' ', '-')}.log`), `${new Date().toISOString()} ${line}\n`);
    for (const look of this.listening) look();
  }
}
