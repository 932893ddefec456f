#!/usr/bin/env node
/** `npm run sidecar -- --port N`: sets up Python if need be and runs the sidecar alone, for gRPC clients. */
import { pythonCommand } from './python-command.mjs';
import { runChild } from './run-child.mjs';
import { setUpPython } from './setup.mjs';

try {
  await setUpPython();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
const { command, args, options } = pythonCommand('inference', process.argv.slice(2));
runChild(command, args, options);
