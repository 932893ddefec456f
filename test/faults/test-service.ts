import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Database } from '@collage/database/database.js';
import { postmasterOf } from '@collage/database/stale-lock.js';
import { binaries, isAlive, migrations } from '@collage/database/testing/test-databases.js';
import { python, root } from '../contract/real-sidecar.js';
import { freePort } from './free-port.js';
import { leftProcesses, MARK } from './left-processes.js';
import { Program } from './program.js';

const programOf = (app: string) => join(root, `dist/apps/${app}/src/main.js`);

/** Why the service cannot run here; undefined if it can. */
export const serviceMissing = !binaries
  ? 'no PostgreSQL can be had'
  : ['api', 'worker'].every((app) => existsSync(programOf(app)))
    ? undefined
    : 'not compiled: npm run setup';

export interface TestServiceSettings {
  workers: number;
  apis: number;
  /** Addresses of the sidecars. */
  sidecars: string[];
  photos: string;
  /** Settings of all of them, in addition. */
  env?: Record<string, string>;
  /** Where it keeps its files; absent: a folder of its own, removed at its end. */
  data?: string;
}

/** The service as it runs on a machine of its own: real processes, on an embedded PostgreSQL that they share. */
export class TestService {
  readonly workers: Program[] = [];
  readonly apis: Program[] = [];
  /** http://host:port of each API replica. */
  readonly addresses: string[] = [];
  readonly logFolder: string;
  private database?: Database;

  private constructor(
    readonly data: string,
    readonly mark: string,
    private readonly ownsData: boolean,
  ) {
    this.logFolder = join(tmpdir(), 'clip-and-paste-faults', mark);
  }

  /** Starts all programs at once; resolves when each was up. */
  static async start(settings: TestServiceSettings): Promise<TestService> {
    const data = settings.data ?? (await mkdtemp(join(tmpdir(), 'faults-data-')));
    const mark = `${process.pid}-${Math.round(performance.now())}`;
    const service = new TestService(data, mark, settings.data === undefined);
    await mkdir(service.logFolder, { recursive: true });
    for (let index = 1; index <= settings.apis; index++) {
      const port = await freePort();
      service.addresses.push(`http://127.0.0.1:${port}`);
      service.apis.push(service.program('api', index, settings, { PORT: String(port) }, /"listening on /));
    }
    for (let index = 1; index <= settings.workers; index++) {
      service.workers.push(service.program('worker', index, settings, {}, /"the worker is ready"/));
    }
    try {
      await Promise.all(service.programs.map((program) => program.start()));
    } catch (error) {
      await service.remove({ keepLogs: true });
      throw error;
    }
    return service;
  }

  get programs(): Program[] {
    return [...this.apis, ...this.workers];
  }

  /** kill -9 of the embedded PostgreSQL; false where none runs now. Whoever needs it next starts it again. */
  async killDatabase(): Promise<boolean> {
    const processId = await this.postmaster();
    if (processId === undefined) return false;
    process.kill(processId, 'SIGKILL');
    return true;
  }

  /** Process id of the embedded PostgreSQL; undefined where none runs now. */
  async postmaster(): Promise<number | undefined> {
    const processId = await postmasterOf(join(this.data, 'postgres', 'data'));
    return processId !== undefined && isAlive(processId) ? processId : undefined;
  }

  /** Sends all processes of the embedded PostgreSQL a signal: those that serve connections too, which SIGSTOP makes hang. */
  async signalDatabase(signal: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    const processId = await this.postmaster();
    if (processId === undefined) throw new Error('No PostgreSQL runs');
    process.kill(processId, signal);
    const children = readFileSync(`/proc/${processId}/task/${processId}/children`, 'utf8');
    for (const child of children.trim().split(' ')) process.kill(Number(child), signal);
  }

  /** Rows of the database, for looks at what is stored; tried again while it is away. */
  async query<Row extends object>(sql: string): Promise<Row[]> {
    this.database ??= new Database({
      databaseUrl: '',
      pgBin: process.env.PG_BIN ?? '',
      python,
      requirements: join(root, 'python-inference'),
      folder: join(this.data, 'postgres'),
      migrations,
    });
    const { pool } = await this.database.connect();
    return (await pool.query<Row>(sql)).rows;
  }

  /**
   * Ends all of it in order, the database with the last. Resolves to what went wrong with that: exit codes, processes that
   * are left.
   */
  async stop(): Promise<string[]> {
    await this.database?.close();
    const codes = await Promise.all(this.programs.map((program) => program.stop()));
    const wrong = codes.flatMap((code, index) =>
      code === 0 ? [] : [`${this.programs[index]!.settings.name} ended with ${code}`],
    );
    for (let waited = 0; waited < 10_000 && this.left().length > 0; waited += 200) await sleep(200);
    wrong.push(...this.left().map((left) => `still there: ${left}`));
    return wrong;
  }

  /** Its processes that run, PostgreSQL's included. */
  left(): string[] {
    return leftProcesses(this.mark);
  }

  /** Removes its files, and whatever of it runs still. The logs stay where a test failed. */
  async remove({ keepLogs = false } = {}): Promise<void> {
    await this.database?.close().catch(() => {});
    for (const program of this.programs) program.signal('SIGKILL');
    await Promise.all(this.programs.map((program) => program.stop()));
    for (let tries = 0; tries < 100 && this.left().length > 0; tries++) {
      for (const left of this.left()) kill(Number.parseInt(left, 10));
      await sleep(100);
    }
    if (this.ownsData) await rm(this.data, { recursive: true, force: true });
    if (!keepLogs) await rm(this.logFolder, { recursive: true, force: true });
  }

  private program(
    kind: 'api' | 'worker',
    index: number,
    { sidecars, photos, env }: TestServiceSettings,
    own: Record<string, string>,
    ready: RegExp,
  ): Program {
    const { PATH = '', PG_BIN = '' } = process.env;
    return new Program({
      name: `${kind} ${index}`,
      kind,
      command: process.execPath,
      args: [programOf(kind)],
      env: {
        PATH,
        PG_BIN,
        HOME: homedir(),
        DATA_DIR: this.data,
        INFERENCE_ADDRESSES: sidecars.join(','),
        PHOTO_SOURCES: 'none',
        PHOTOS_DIR: photos,
        OFFLINE: 'true',
        RATE_LIMIT: '999999',
        UNFINISHED_LIMIT: '1000',
        [MARK]: this.mark,
        ...env,
        ...own,
      },
      ready,
      logFolder: this.logFolder,
    });
  }
}

function kill(processId: number): void {
  try {
    process.kill(processId, 'SIGKILL');
  } catch {
    // It ended just now.
  }
}
