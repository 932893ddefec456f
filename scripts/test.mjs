#!/usr/bin/env node
/**
 * `npm test`: sets up a clean clone and runs every test: TypeScript (unit, contract, end to end) and Python. Ends with
 * one line of counts. `npm test -- NAME ...` hands the names to Vitest and runs only that.
 */
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { installGroie } from './install-groie.mjs';
import { installTestTools } from './install-test-tools.mjs';
import { python, root } from './places.mjs';
import { buildCli, checkNode, setUpNode, setUpPython } from './setup.mjs';

function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    child.on('error', (error) => {
      process.stderr.write(`${command}: ${error.message}\n`);
      resolve(1);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** Counts of a JUnit report: its root element sums the suites. */
function counts(file) {
  const text = readFileSync(file, 'utf8');
  const sum = (name) =>
    [...text.matchAll(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`, 'g'))].reduce(
      (all, [, n]) => all + Number(n),
      0,
    );
  const failed = sum('failures') + sum('errors');
  const skipped = sum('skipped');
  return { passed: sum('tests') - failed - skipped, failed, skipped };
}

const names = process.argv.slice(2);
try {
  checkNode();
  await setUpNode();
  await setUpPython({ withTests: true });
  await buildCli();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
try {
  await installGroie();
} catch (error) {
  process.stderr.write(`GRoIE could not be installed, so its tests are skipped: ${error.message}\n`);
}
try {
  await installTestTools();
} catch (error) {
  process.stderr.write(
    `moto, hadolint, docker-compose and schemathesis could not be installed, so their tests are skipped: ${error.message}\n`,
  );
}
process.env.OMP_WAIT_POLICY ??= 'PASSIVE';
// No test waits for a model hub.
process.env.MODEL_FETCH_SECONDS = '0';
const vitestReport = join(root, '.setup', 'vitest.xml');
const pytestReport = join(root, '.setup', 'pytest.xml');
for (const report of [vitestReport, pytestReport]) rmSync(report, { force: true });

const vitest = join(root, 'node_modules', '.bin', 'vitest');
const typescript = await run(vitest, [
  'run',
  '--reporter=default',
  '--reporter=junit',
  `--outputFile.junit=${vitestReport}`,
  ...names,
]);
if (names.length > 0) process.exit(typescript);
const pytest = await run(python, ['-m', 'pytest', '-rs', `--junitxml=${pytestReport}`], {
  cwd: join(root, 'python-inference'),
});

const parts = [counts(vitestReport), counts(pytestReport)];
const total = (name) => parts.reduce((sum, part) => sum + part[name], 0);
console.log(`TypeScript: ${parts[0].passed} passed, ${parts[0].failed} failed, ${parts[0].skipped} skipped`);
console.log(`Python: ${parts[1].passed} passed, ${parts[1].failed} failed, ${parts[1].skipped} skipped`);
console.log(`${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped`);
process.exit(typescript || pytest);
