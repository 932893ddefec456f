import { mkdir, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { python, root } from '../contract/real-sidecar.js';
import { compileFakeSidecar } from './compile-fake-sidecar.js';
import { freePort } from './free-port.js';
import { leftProcesses, MARK } from './left-processes.js';
import { Program } from './program.js';

/** Sidecars as processes, each back under its address after a kill. */
export interface TestSidecars {
  programs: Program[];
  /** host:port of each. */
  addresses: string[];
  /** Ends them in order. Resolves to what went wrong with that. */
  stop(): Promise<string[]>;
}

/** Real sidecars with the starter models, on one thread each. Resolves when they serve. */
export function startRealSidecars(count: number): Promise<TestSidecars> {
  return start(count, 'sidecar', (port) => ({
    command: python,
    args: ['-m', 'inference', '--host', '127.0.0.1', '--port', String(port)],
    cwd: join(root, 'python-inference'),
    env: {
      PYTHONPATH: '.:gen',
      PERCEPTOR: 'starter',
      SEGMENTER: 'u2netp',
      THREADS: '1',
      OMP_NUM_THREADS: '1',
      OMP_WAIT_POLICY: 'PASSIVE',
    },
  }));
}

/**
 * Fakes, without models: a job takes a second or two.
 * @param stepsAtOnce of how many climbs each takes steps at the same time; real ones: 1
 */
export async function startFakeSidecars(
  count: number,
  stepMilliseconds: number,
  stepsAtOnce = Infinity,
): Promise<TestSidecars> {
  const file = await compileFakeSidecar();
  const sidecars = await start(count, 'fake sidecar', (port) => ({
    command: process.execPath,
    args: [file, String(port), String(stepMilliseconds), String(stepsAtOnce)],
    env: {},
  }));
  return {
    ...sidecars,
    async stop() {
      const wrong = await sidecars.stop();
      await rm(dirname(file), { recursive: true });
      return wrong;
    },
  };
}

type Run = (port: number) => {
  command: string;
  args: string[];
  cwd?: string;
  env: Record<string, string>;
};

async function start(count: number, name: string, run: Run): Promise<TestSidecars> {
  const mark = `sidecars-${process.pid}-${Math.round(performance.now())}`;
  const logFolder = join(tmpdir(), 'clip-and-paste-faults', mark);
  await mkdir(logFolder, { recursive: true });
  const ports = await Promise.all(Array.from({ length: count }, freePort));
  const programs = ports.map((port, index) => {
    const { env, ...how } = run(port);
    return new Program({
      name: `${name} ${index + 1}`,
      kind: 'sidecar',
      ...how,
      env: { PATH: process.env.PATH ?? '', HOME: homedir(), [MARK]: mark, ...env },
      ready: /^listening on /,
      logFolder,
    });
  });
  await Promise.all(programs.map((program) => program.start()));
  return {
    programs,
    addresses: ports.map((port) => `127.0.0.1:${port}`),
    async stop() {
      const codes = await Promise.all(programs.map((program) => program.stop()));
      const left = leftProcesses(mark).map((process) => `still there: ${process}`);
      await rm(logFolder, { recursive: true, force: true });
      return [
        ...codes.flatMap((code, index) => (code === 0 ? [] : [`${name} ${index + 1} ended with ${code}`])),
        ...programs.flatMap(({ crashes }) => crashes),
        ...left,
      ];
    },
  };
}
