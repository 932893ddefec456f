import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { root } from '@collage/database/testing/compile-library.js';
import ts from 'typescript';

/** What an import needs. */
const FOLDERS = ['libs/database/src', 'libs/licensing/src', 'libs/photos/src/sources/open-images'];

/**
 * The importer as JavaScript, in a folder below the clone's, for tests in which it must run in processes of their own that
 * can be killed. Lies there as in the clone: `libs/photos/src/…`.
 */
export async function compileImporter(): Promise<string> {
  await mkdir(join(root, '.setup'), { recursive: true });
  const target = await mkdtemp(join(root, '.setup', 'open-images-test-'));
  for (const folder of FOLDERS) {
    for (const name of await readdir(join(root, folder), { recursive: true })) {
      if (!name.endsWith('.ts') || name.endsWith('.test.ts') || name.includes('testing')) continue;
      const { outputText } = ts.transpileModule(await readFile(join(root, folder, name), 'utf8'), {
        compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
      });
      const file = join(target, folder, name.replace(/\.ts$/, '.js'));
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, outputText.replaceAll(/'@collage\/(\w+)\//g, `'${target}/libs/$1/src/`));
    }
  }
  return target;
}
