import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where the sidecar is and how it runs. */
export interface SidecarOptions {
  /** Interpreter with the sidecar's packages: `.venv/bin/python`. */
  python: string;
  /** The folder `python-inference`. */
  folder: string;
  /** The sidecar's whole environment; `PYTHONPATH` is set on top. */
  env: Readonly<Record<string, string | undefined>>;
  /** Gets every line it writes. */
  onLog?: (line: string) => void;
  /** Port it listens on; absent or 0: any that is free. */
  port?: number;
  /** How long loading its models may take; default 300,000. */
  startTimeoutMilliseconds?: number;
}

/** How a sidecar ended. */
export interface SidecarExit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The last lines it wrote to standard error. */
  lastLines: string[];
  /** In words: `signal SIGKILL`, `exit code 1`. */
  description: string;
}

/** A running sidecar. */
export interface Sidecar {
  /** host:port it serves. */
  address: string;
  /** Its process id. */
  processId: number;
  /** Resolves when it has ended, whatever the cause; never rejects. */
  exited: Promise<SidecarExit>;
  /** Ends it: SIGTERM, and SIGKILL after ten seconds. */
  stop(): Promise<SidecarExit>;
}

/** The sidecar did not come up; the message holds the last lines it wrote. */
export class SidecarStartError extends Error {
  override readonly name = 'SidecarStartError';

  constructor(
    what: string,
    readonly lastLines: readonly string[],
  ) {
    super([`The sidecar did not start: ${what}.`, ...lastLines.map((line) => `  ${line}`)].join('\n'));
  }
}

/** HOST may stand in anyone's environment with another meaning; a child listens on loopback only. */
const childArguments = ['--host', '127.0.0.1', '--stdin-lifeline'];
const graceMilliseconds = 10_000;
const keptLineCount = 20;

/**
 * Starts a sidecar and waits until it serves. It cannot outlive this process: it ends when its
 * standard input closes, and the kernel closes that with us, however we die.
 *
 * @throws SidecarStartError if it ends early, does not serve in time, or cannot be run; the signal's reason if
 *   that aborts first
 */
export async function startSidecar(options: SidecarOptions, signal?: AbortSignal): Promise<Sidecar> {
  signal?.throwIfAborted();
  const child = spawn(
    options.python,
    ['-m', 'inference', ...childArguments, '--port', String(options.port ?? 0)],
    {
      cwd: options.folder,
      env: { ...options.env, PYTHONPATH: '.:gen' },
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  // Writing nothing to it, we only hear of its closing as an error when the child dies.
  child.stdin.on('error', () => {});
  const lastLines: string[] = [];
  onLine(child.stderr, (line) => {
    lastLines.push(line);
    if (lastLines.length > keptLineCount) lastLines.shift();
    options.onLog?.(line);
  });
  const listening = new Promise<string>((resolve) => {
    onLine(child.stdout, (line) => {
      const [, address] = /^listening on (\S+)$/.exec(line) ?? [];
      if (address) resolve(address);
      options.onLog?.(line);
    });
  });
  const exited = exitOf(child, lastLines);
  const stop = () => stopChild(child, exited);

  const timeoutMilliseconds = options.startTimeoutMilliseconds ?? 300_000;
  const settled = new AbortController();
  try {
    const address = await Promise.race([
      listening,
      exited.then(({ description }) => Promise.reject(new SidecarStartError(description, lastLines))),
      sleep(timeoutMilliseconds, undefined, { signal: settled.signal }).then(() => {
        const what = `it did not serve within ${timeoutMilliseconds / 1000} s`;
        return Promise.reject(new SidecarStartError(what, lastLines));
      }),
      ...(signal ? [once(signal, 'abort', settled).then(() => Promise.reject(signal.reason))] : []),
    ]);
    return { address, processId: child.pid!, exited, stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    settled.abort();
  }
}

function exitOf(child: ChildProcess, lastLines: string[]): Promise<SidecarExit> {
  return new Promise((resolve) => {
    child.once('error', ({ message }) =>
      resolve({ code: null, signal: null, lastLines, description: `it cannot be run: ${message}` }),
    );
    child.once('exit', (code, signal) => {
      const description = signal ? `signal ${signal}` : `exit code ${code}`;
      const tell = () => resolve({ code, signal, lastLines, description });
      // Its output is read to its end first, unless a child of its own keeps the pipe open.
      child.once('close', tell);
      setTimeout(tell, 200);
    });
  });
}

async function stopChild(child: ChildProcess, exited: Promise<SidecarExit>): Promise<SidecarExit> {
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), graceMilliseconds);
  try {
    return await exited;
  } finally {
    clearTimeout(hard);
  }
}

function onLine(stream: Readable, take: (line: string) => void): void {
  createInterface({ input: stream }).on('line', take);
}
