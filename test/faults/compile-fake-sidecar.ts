import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { root } from '../contract/real-sidecar.js';

/** The libraries that the fake sidecar consists of. */
const LIBRARIES = ['inference', 'proto', 'places', 'scene'];

const program = `
import { startFakeInferenceServer } from './inference/src/testing/fake-inference-server.js';
const [port, stepMilliseconds, stepsAtOnce] = process.argv.slice(2, 5).map(Number);
const { address } = await startFakeInferenceServer({ port, stepMilliseconds, stepsAtOnce });
console.log('listening on ' + address);
process.on('SIGTERM', () => process.exit(0));
process.stdin.on('end', () => process.exit(0)).resume();
`;

/**
 * The fake sidecar as a program, for tests in which it is to be a process that can be killed: its arguments are a port,
 * the milliseconds of a step, and of how many climbs steps are taken at once. It lies in a folder of its own below the clone, where its packages are found.
 * @returns the program's file; the folder is the caller's to remove
 */
export async function compileFakeSidecar(): Promise<string> {
  await mkdir(join(root, '.setup'), { recursive: true });
  const folder = await mkdtemp(join(root, '.setup', 'fake-sidecar-'));
  for (const library of LIBRARIES) {
    const source = join(root, 'libs', library, 'src');
    for (const name of await readdir(source, { recursive: true })) {
      if (!name.endsWith('.ts') || name.endsWith('.test.ts')) continue;
      const file = join(folder, library, 'src', name.replace(/\.ts$/, '.js'));
      const { outputText } = ts.transpileModule(await readFile(join(source, name), 'utf8'), {
        compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
      });
      await mkdir(dirname(file), { recursive: true });
      const up = relative(dirname(file), folder);
      await writeFile(file, outputText.replaceAll(/'@collage\/(\w+)\//g, `'${up}/$1/src/`));
    }
  }
  const file = join(folder, 'fake-sidecar.js');
  await writeFile(file, program);
  return file;
}
