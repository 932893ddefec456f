import { delimiter, join } from 'node:path';
import { python, root } from './places.mjs';

/** How to run a module of the sidecar's package (`python -m MODULE ARGS`), in its folder. */
export function pythonCommand(module, args, env = process.env) {
  const folder = join(root, 'python-inference');
  return {
    command: python,
    args: ['-m', module, ...args],
    options: {
      cwd: folder,
      env: {
        OMP_WAIT_POLICY: 'PASSIVE',
        ...env,
        PYTHONPATH: [folder, join(folder, 'gen')].join(delimiter),
      },
    },
  };
}
