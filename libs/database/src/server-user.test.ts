import { chmod, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EmbeddedServer } from './embedded-server.js';
import { chooseServerUser } from './server-user.js';
import { binaries, skipNote, testDatabases } from './testing/test-databases.js';

const databases = testDatabases();
const isRoot = process.getuid!() === 0;

describe.skipIf(!isRoot || !binaries)(`a server of root's (skipped for others; ${skipNote})`, () => {
  it('runs as nobody where namespaces are blocked, and as us again where they are not, on the same data', async () => {
    const { folder: made } = await databases.settingsFor();
    const folder = join(made, 'open');
    await mkdir(folder);
    await rename(join(made, 'data'), join(folder, 'data'));
    // Nobody must be able to reach its folder.
    await chmod(made, 0o755);
    const namespaces = (await chooseServerUser()).kind === 'user-namespace';
    for (const kind of ['nobody', namespaces ? 'user-namespace' : 'nobody', 'nobody'] as const) {
      const server = new EmbeddedServer(folder, binaries!, kind);
      const membership = await server.join();
      expect(membership.started).toBe(true);
      const { rows } = await membership.connection.query('SELECT 1 AS one');
      expect(rows).toEqual([{ one: 1 }]);
      await server.leave(membership);
    }
  });
});
