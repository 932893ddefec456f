#!/usr/bin/env node
/**
 * `npm run models -- list | get clip | get groie | verify`: the models that are not inside packages. Sets up Python if
 * need be; the work is done by `python-inference/inference/model_files`.
 */
import { pythonCommand } from './python-command.mjs';
import { runChild } from './run-child.mjs';
import { setUpPython } from './setup.mjs';

try {
  await setUpPython();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
const { command, args, options } = pythonCommand('inference.model_files', process.argv.slice(2));
runChild(command, args, options);
