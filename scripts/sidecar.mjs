#!/usr/bin/env node
/** `npm run sidecar -- --port N`: sets up Python if need be and runs the sidecar alone, for gRPC clients. */
import { delimiter, join } from 'node:path';
import { runChild } from './run-child.mjs';
import { python, root, setUpPython } from './setup.mjs';

try {
  await setUpPython();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
const folder = join(root, 'python-inference');
runChild(python, ['-m', 'inference', ...process.argv.slice(2)], {
  cwd: folder,
  env: {
    OMP_WAIT_POLICY: 'PASSIVE',
    ...process.env,
    PYTHONPATH: [folder, join(folder, 'gen')].join(delimiter),
  },
});
