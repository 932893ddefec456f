import { type Sidecar, startSidecar } from '@collage/inference/sidecar-process.js';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** The interpreter of the virtual environment. */
export const python = join(root, '.venv', 'bin', 'python');

/** Why the real sidecar cannot be tested here; `undefined` if it can. */
export const sidecarMissing = existsSync(python) ? undefined : 'no .venv here; run npm run setup';

/** Starts the real sidecar on two threads, with the models that come in packages unless `settings` name others. */
export function startRealSidecar(settings: Readonly<Record<string, string>> = {}): Promise<Sidecar> {
  return startSidecar({
    python,
    folder: join(root, 'python-inference'),
    env: {
      PATH: '/usr/bin:/bin',
      HOME: homedir(),
      PERCEPTOR: 'starter',
      SEGMENTER: 'u2netp',
      THREADS: '2',
      OMP_NUM_THREADS: '2',
      OMP_WAIT_POLICY: 'PASSIVE',
      ...settings,
    },
  });
}
