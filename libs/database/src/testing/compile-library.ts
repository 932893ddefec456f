import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const root = fileURLToPath(new URL('../../../..', import.meta.url));

/**
 * This library as JavaScript, in a folder below the clone's (where its packages are found), for tests in which it must run
 * in processes of their own that can be killed.
 */
export async function compileLibrary(): Promise<string> {
  const source = fileURLToPath(new URL('..', import.meta.url));
  await mkdir(join(root, '.setup'), { recursive: true });
  const folder = await mkdtemp(join(root, '.setup', 'database-test-'));
  for (const name of await readdir(source, { recursive: true })) {
    if (!name.endsWith('.ts') || /\.test\.ts$|^testing/.test(name)) continue;
    const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 };
    const { outputText } = ts.transpileModule(await readFile(join(source, name), 'utf8'), {
      compilerOptions: options,
    });
    const file = join(folder, name.replace(/\.ts$/, '.js'));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, outputText);
  }
  return folder;
}
