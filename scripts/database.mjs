#!/usr/bin/env node
/** `npm run database -- status | backup FILE | restore FILE [--replace]`: sets up what is missing, then does it. */
import { join } from 'node:path';
import { runChild } from './run-child.mjs';
import { root } from './places.mjs';
import { buildCli, checkNode, setUpNode, setUpPython } from './setup.mjs';

try {
  checkNode();
  await setUpNode();
  await buildCli();
  await setUpPython();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

runChild(process.execPath, [join(root, 'dist/apps/cli/src/database-command.js'), ...process.argv.slice(2)], {
  // npm changes into the clone's folder; a relative file is meant from where the person stands.
  cwd: process.env.INIT_CWD ?? process.cwd(),
});
