#!/usr/bin/env node
/**
 * `npm run check`: everything a reviewer should not have to say. Format, lint and types of both languages, proto lint,
 * generated code up to date, settings documented, dependency rule. Runs all, then fails if any did.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { python, root } from './places.mjs';
import { checkNode, setUpNode, setUpPython } from './setup.mjs';

checkNode();
await setUpNode();
await setUpPython({ withTests: true });

const bin = (name) => join(root, 'node_modules', '.bin', name);
const sidecar = join(root, 'python-inference');
/** One configuration for both folders: the benches lie outside the sidecar's, where ruff would find none. */
const ruff = ['-q', '--config', 'pyproject.toml', '.', '../bench'];
const checks = [
  ['format', bin('prettier'), ['--check', '--log-level=warn', '.']],
  ['lint', bin('oxlint'), ['--deny-warnings', 'apps', 'libs', 'test', 'bench', 'scripts', 'examples']],
  ['types', bin('tsc'), ['--noEmit', '-p', '.']],
  ['dependency rule', bin('depcruise'), ['--config', '.dependency-cruiser.cjs', 'apps', 'libs']],
  ['proto lint', bin('buf'), ['lint']],
  ['proto format', bin('buf'), ['format', '--diff', '--exit-code']],
  ['generated code', process.execPath, ['scripts/generate.mjs']],
  [
    'generated code is committed',
    'git',
    ['diff', '--exit-code', '--stat', '--', 'libs/proto/src', 'python-inference/gen'],
  ],
  ['python format', python, ['-m', 'ruff', 'format', '--check', ...ruff], sidecar],
  ['python lint', python, ['-m', 'ruff', 'check', ...ruff], sidecar],
  ['python types', python, ['-m', 'mypy', '--no-error-summary', 'inference'], sidecar],
];

let failed = 0;
for (const [name, command, args, cwd = root] of checks) {
  const start = Date.now();
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  if (status !== 0) {
    failed++;
    process.stdout.write(`${stdout ?? ''}${stderr ?? ''}\n`);
  }
}
console.log(`${checks.length - failed} of ${checks.length} checks passed`);
process.exit(failed === 0 ? 0 : 1);
