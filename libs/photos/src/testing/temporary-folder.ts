import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from 'vitest';

/** Makes folders that are removed after each test. */
export function temporaryFolders(): { make: (files?: Record<string, Buffer | string>) => Promise<string> } {
  const made: string[] = [];
  afterEach(async () => {
    for (const folder of made.splice(0)) {
      await rm(folder, { recursive: true, force: true });
    }
  });
  return {
    async make(files = {}) {
      const folder = await mkdtemp(join(tmpdir(), 'photos-'));
      made.push(folder);
      for (const [name, content] of Object.entries(files)) {
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await writeFile(join(folder, name), content);
      }
      return folder;
    },
  };
}
