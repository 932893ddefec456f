#!/usr/bin/env node
/**
 * `npm run test:faults`: the service while its processes, its database, its stores and its clock fail; half an hour and
 * more. `npm run test:faults -- NAME ...` hands the names to Vitest and runs only that.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { installFaketime } from './install-faketime.mjs';
import { installTestTools } from './install-test-tools.mjs';
import { root } from './places.mjs';
import { buildCli, checkNode, setUpNode, setUpPython } from './setup.mjs';

try {
  checkNode();
  await setUpNode();
  await setUpPython();
  await buildCli();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
for (const [name, install] of [
  ['moto', installTestTools],
  ['libfaketime', installFaketime],
]) {
  try {
    await install();
  } catch (error) {
    process.stderr.write(`${name} could not be installed, so its tests are skipped: ${error.message}\n`);
  }
}
process.env.OMP_WAIT_POLICY ??= 'PASSIVE';
// No test waits for a model hub.
process.env.MODEL_FETCH_SECONDS = '0';

const child = spawn(
  join(root, 'node_modules', '.bin', 'vitest'),
  ['run', '--config', 'vitest.faults.config.ts', ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit' },
);
child.on('close', (code) => process.exit(code ?? 1));
