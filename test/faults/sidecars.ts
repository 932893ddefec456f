import { mkdir, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type FakeInferenceServer,
  startFakeInferenceServer,
} from '@collage/inference/testing/fake-inference-server.js';
import { python, root } from '../contract/real-sidecar.js';
import { freePort } from './free-port.js';
import { MARK } from './left-processes.js';
import { Program } from './program.js';

/** A sidecar that can be killed, and is back some time after. */
export interface TestSidecar {
  address: string;
  kill(): void;
  stop(): Promise<unknown>;
  /** Its process; undefined of the fake, which is in this one. */
  program?: Program;
}

/** The real sidecar with the starter models, on one thread. Resolves when it serves. */
export async function startRealSidecar(index: number): Promise<TestSidecar> {
  const port = await freePort();
  const mark = `sidecar ${index} of ${process.pid}`;
  const logFolder = join(tmpdir(), 'clip-and-paste-faults', mark.replaceAll(' ', '-'));
  await mkdir(logFolder, { recursive: true });
  const program = new Program({
    name: `sidecar ${index}`,
    kind: 'sidecar',
    command: python,
    args: ['-m', 'inference', '--host', '127.0.0.1', '--port', String(port)],
    cwd: join(root, 'python-inference'),
    env: {
      PATH: '/usr/bin:/bin',
      HOME: homedir(),
      PYTHONPATH: '.:gen',
      PERCEPTOR: 'starter',
      SEGMENTER: 'u2netp',
      THREADS: '1',
      OMP_NUM_THREADS: '1',
      OMP_WAIT_POLICY: 'PASSIVE',
      [MARK]: mark,
    },
    ready: /^listening on /,
    logFolder,
  });
  await program.start();
  return {
    address: `127.0.0.1:${port}`,
    kill: () => program.signal('SIGKILL'),
    async stop() {
      const code = await program.stop();
      await rm(logFolder, { recursive: true, force: true });
      return code === 0 ? [] : [`${program.settings.name} ended with ${code}`];
    },
    program,
  };
}

/** How long the fake is away after a kill: a real one loads its models. */
const AWAY_MILLISECONDS = 1_000;

/** The fake, in this process: a kill cuts all its calls and loses what it knew, as of a process. */
export async function startFakeSidecar(stepMilliseconds = 0): Promise<TestSidecar> {
  let server: FakeInferenceServer | undefined = await startFakeInferenceServer({ stepMilliseconds });
  const { address } = server;
  const port = Number(address.split(':')[1]);
  let timer: NodeJS.Timeout | undefined;
  const revive = () =>
    startFakeInferenceServer({ stepMilliseconds, port }).then(
      (started) => (server = started),
      () => (timer = setTimeout(revive, AWAY_MILLISECONDS)),
    );
  return {
    address,
    kill() {
      if (!server) return;
      server.stop();
      server = undefined;
      timer = setTimeout(revive, AWAY_MILLISECONDS);
    },
    async stop() {
      clearTimeout(timer);
      server?.stop();
    },
  };
}
