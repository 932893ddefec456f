#!/usr/bin/env node
/** `npm run collage -- "a prompt"`: sets up what is missing, then makes a collage. */
import { join } from 'node:path';
import { fetchClip } from './fetch-clip.mjs';
import { runChild } from './run-child.mjs';
import { root } from './places.mjs';
import { buildCli, checkNode, setUpNode, setUpPython } from './setup.mjs';

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
  if (needsPython) {
    await setUpPython();
    await fetchClip();
  }
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

runChild(process.execPath, [join(root, 'dist/apps/cli/src/main.js'), ...args], {
  // npm changes into the clone's folder; a relative --photos or --out is meant from where the person stands.
  cwd: process.env.INIT_CWD ?? process.cwd(),
});
