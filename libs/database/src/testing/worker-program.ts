import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseSettings } from '../database.js';

/** A process of our own that uses a database, and says on standard output, a line each, what it has done. */
export interface Worker {
  child: ChildProcess;
  lines: string[];
  /** Resolves once it has written this many lines; rejects with what it wrote when it ends before. */
  waitFor(lineCount: number): Promise<void>;
  exited: Promise<number | null>;
}

/** Runs `body` in a process of its own, with `database` and `say(line)` at hand. */
export async function startWorker(
  library: string,
  settings: DatabaseSettings,
  body: string,
): Promise<Worker> {
  const program = join(await mkdtemp(join(library, 'worker-')), 'worker.js');
  await writeFile(
    program,
    `import { Database } from '../database.js';
     const database = new Database(${JSON.stringify(settings)});
     const say = (line) => process.stdout.write(line + '\\n');
     const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
     ${body}`,
  );
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    for (const look of waiting) look();
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    child,
    lines,
    exited,
    waitFor: (lineCount) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (lines.length >= lineCount) resolve();
        };
        waiting.add(look);
        look();
        void exited.then((code) =>
          reject(new Error(`it ended with ${code} after ${lines.length} lines: ${errors}`)),
        );
      }),
  };
}
