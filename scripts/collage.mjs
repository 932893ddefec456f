#!/usr/bin/env node
/** `npm run collage -- "a prompt"`: sets up what is missing, then makes a collage. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildCli, checkNode, root, setUpNode, setUpPython } from './setup.mjs';

const args = process.argv.slice(2);
try {
  checkNode();
  await setUpNode();
  await buildCli();
  // Help and keyphrases need no Python.
  const stop = args.indexOf('--stop-after');
  const stopsEarly =
    (stop >= 0 && args[stop + 1] === 'keyphrases') || args.includes('--stop-after=keyphrases');
  const needsPython = !args.includes('--help') && !stopsEarly;
  if (needsPython) await setUpPython();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

const child = spawn(process.execPath, [join(root, 'dist/apps/cli/src/main.js'), ...args], {
  // npm changes into the clone's folder; a relative --photos or --out is meant from where the person stands.
  cwd: process.env.INIT_CWD ?? process.cwd(),
  stdio: 'inherit',
});
// The terminal sends Ctrl-C to the child as well; this process only waits for it. Others' signals are passed on.
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('close', (code, signal) => process.exit(code ?? (signal ? 130 : 1)));
