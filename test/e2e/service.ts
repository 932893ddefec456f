import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { DatabaseSettings } from '@collage/database/database.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'dist/apps/worker/src/main.js');
/** Whether the worker is compiled; `npm test` sees to it. */
export const isCompiled = existsSync(program);

/** What a worker wrote, a JSON object a line. */
export interface LogLine {
  level: string;
  message: string;
  collageId?: string;
  stage?: string;
  reason?: string;
}

export interface WorkerProcess {
  process: ChildProcess;
  log: LogLine[];
  exited: Promise<number | null>;
  /** Resolves with the first line, of those written so far or later, that is meant. */
  wrote(isMeant: (line: LogLine) => boolean): Promise<LogLine>;
}

/** Starts the compiled worker, on a database and photos of the test's own. */
export function startWorker(
  database: DatabaseSettings,
  env: Record<string, string>,
  args: string[] = [],
): WorkerProcess {
  const child = spawn(process.execPath, [program, ...args], {
    env: {
      ...process.env,
      DATABASE_URL: database.databaseUrl,
      PHOTO_SOURCES: 'none',
      OFFLINE: 'true',
      ...env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const log: LogLine[] = [];
  const looking = new Set<() => void>();
  let other = '';
  createInterface({ input: child.stdout }).on('line', (line) => {
    try {
      log.push(JSON.parse(line) as LogLine);
    } catch {
      other += `${line}\n`;
    }
    for (const look of looking) look();
  });
  child.stderr.on('data', (data) => (other += data));
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  const wrote = (isMeant: (line: LogLine) => boolean) =>
    new Promise<LogLine>((resolve, reject) => {
      const look = () => {
        const found = log.find(isMeant);
        if (!found) return;
        looking.delete(look);
        resolve(found);
      };
      looking.add(look);
      look();
      void exited.then((code) =>
        reject(new Error(`the worker ended with ${code}: ${JSON.stringify(log.slice(-5))} ${other}`)),
      );
    });
  return { process: child, log, exited, wrote };
}
