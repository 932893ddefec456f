import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { DatabaseSettings } from '@collage/database/database.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const programOf = (app: 'worker' | 'api') => join(root, `dist/apps/${app}/src/main.js`);
/** Whether worker and API are compiled; `npm test` sees to it. */
export const isCompiled = existsSync(programOf('worker')) && existsSync(programOf('api'));

/** What a program wrote, a JSON object a line. */
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
  return startProgram('worker', database, env, args);
}

/** Starts the compiled API, on a database of the test's own and any free port of loopback; `address` is where it listens. */
export async function startApi(
  database: DatabaseSettings,
  env: Record<string, string>,
): Promise<WorkerProcess & { address: string }> {
  const program = startProgram('api', database, { PORT: '0', ...env }, []);
  const { message } = await program.wrote(({ message: said }) => said.startsWith('listening on '));
  return { ...program, address: message.slice('listening on '.length) };
}

function startProgram(
  app: 'worker' | 'api',
  database: DatabaseSettings,
  env: Record<string, string>,
  args: string[],
): WorkerProcess {
  const child = spawn(process.execPath, [programOf(app), ...args], {
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
        reject(new Error(`the ${app} ended with ${code}: ${JSON.stringify(log.slice(-5))} ${other}`)),
      );
    });
  return { process: child, log, exited, wrote };
}
