#!/usr/bin/env node
/** `npm run bench -- --list` names the benchmarks; `npm run bench -- NAME` runs one, which ends with one JSON line. */
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildCli, checkNode, root, setUpNode, setUpPython } from './setup.mjs';

const folder = join(root, 'bench');
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.mjs'))
  .map((name) => name.replace(/\.mjs$/, ''));
const [name, ...args] = process.argv.slice(2);
if (name === undefined || name === '--list') {
  for (const each of names) {
    const about =
      /\/\*\*\s*\n? ?\*? ?([^\n]*)/.exec(readFileSync(join(folder, `${each}.mjs`), 'utf8'))?.[1] ?? '';
    console.log(`${each.padEnd(18)} ${about}`);
  }
  process.exit(0);
}
if (!names.includes(name)) {
  console.error(`Expected one of ${names.join(', ')} but received "${name}"`);
  process.exit(2);
}
checkNode();
await setUpNode();
await setUpPython();
await buildCli();
process.exit(
  spawnSync(process.execPath, [join(folder, `${name}.mjs`), ...args], { stdio: 'inherit' }).status ?? 1,
);
