#!/usr/bin/env node
/** `npm run bench -- --list` names the benchmarks; `npm run bench -- NAME` runs one, which ends with one JSON line. */
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { python, root } from './places.mjs';
import { buildCli, checkNode, setUpNode, setUpPython } from './setup.mjs';

const folder = join(root, 'bench');
/** A benchmark is a file right in bench/, of Node or of Python; what several share lies in folders below. */
const files = readdirSync(folder)
  .filter((file) => /\.(mjs|py)$/.test(file))
  .sort();
const fileOf = (name) => files.find((file) => file.replace(/\.\w+$/, '') === name);
const [name, ...args] = process.argv.slice(2);
if (name === undefined || name === '--list') {
  for (const file of files) {
    const text = readFileSync(join(folder, file), 'utf8');
    const about = /(?:\/\*\*\s*\n? ?\*? ?|""")([^\n]*)/.exec(text)?.[1] ?? '';
    console.log(`${file.replace(/\.\w+$/, '').padEnd(20)} ${about}`);
  }
  process.exit(0);
}
const file = fileOf(name);
if (!file) {
  const names = files.map((each) => each.replace(/\.\w+$/, ''));
  console.error(`Expected one of ${names.join(', ')} but received "${name}"`);
  process.exit(2);
}
checkNode();
await setUpNode();
await setUpPython();
await buildCli();
const sidecar = join(root, 'python-inference');
const env = {
  OMP_WAIT_POLICY: 'PASSIVE',
  ...process.env,
  PYTHONPATH: [sidecar, join(sidecar, 'gen'), folder].join(delimiter),
};
const program = file.endsWith('.py') ? python : process.execPath;
process.exit(spawnSync(program, [join(folder, file), ...args], { stdio: 'inherit', env }).status ?? 1);
