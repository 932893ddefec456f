import { createHash } from 'node:crypto';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCollages } from '@collage/collages/testing/open-collages.js';
import type { Database } from '@collage/database/database.js';
import type { testDatabases } from '@collage/database/testing/test-databases.js';
import { paintedSource } from '@collage/photos/testing/painted-source.js';
import { collageMaking, quickOptions } from '../../apps/api/src/testing/make-collages.js';
import { startApi, type WorkerProcess } from '../e2e/service.js';

/** Who may use it. */
const owners = ['ann', 'bob'] as const;
export type Owner = (typeof owners)[number];
const keyOf = (owner: Owner) => `key-of-${owner}`;
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** The header that says who asks. */
export const authorizationOf = (owner: Owner) => `Bearer ${keyOf(owner)}`;

/** Narrow: so that the largest picture of it is drawn in a moment, too. */
const options = { ...quickOptions, heightPixels: 256, aspectRatio: 0.25 };

export interface ServedApi extends WorkerProcess {
  address: string;
  database: Database;
  /** Has a collage of Ann's made, here and now; gives its id. */
  makeCollage(): Promise<string>;
  close(): Promise<void>;
}

/** The compiled API as a process of its own, on a database of the test's own; pictures are drawn here, on a fake sidecar. */
export async function serveApi(
  databases: ReturnType<typeof testDatabases>,
  env: Record<string, string> = {},
): Promise<ServedApi> {
  const settings = await databases.settingsFor();
  const data = await mkdtemp(join(tmpdir(), 'served-api-'));
  // Where an API with this data folder has its database.
  await symlink(settings.folder, join(data, 'postgres'));
  const database = databases.open({ ...settings, folder: join(data, 'postgres') });
  await database.connect();
  const { store, log, notifications } = openCollages(database);
  const sources = [paintedSource(['CC BY 4.0', 'CC BY-SA 4.0', 'CC0 1.0', 'CC BY 4.0'])];
  const making = await collageMaking(database, store, log, sources, data);
  const api = await startApi(database.settings, {
    DATA_DIR: data,
    INFERENCE_ADDRESSES: making.sidecarAddress,
    WEBHOOK_SECRET: 'secret-of-the-test',
    RATE_LIMIT: '999999',
    API_KEYS: owners.map((owner) => `${owner}:${sha256(keyOf(owner))}`).join(','),
    ...env,
  });
  return {
    ...api,
    database,
    async makeCollage() {
      const answer = await fetch(`${api.address}/v1/collages`, {
        method: 'POST',
        headers: { Authorization: authorizationOf('ann'), 'Content-Type': 'application/json' },
        body: JSON.stringify({ prompt: 'stripes on a wall', options }),
      });
      const { id, detail } = (await answer.json()) as { id: string; detail?: string };
      if (answer.status !== 202) throw new Error(`No collage was taken up: ${detail}`);
      await making.make(id);
      return id;
    },
    async close() {
      api.process.kill('SIGTERM');
      await api.exited;
      await making.close();
      await notifications.close();
      await rm(data, { recursive: true });
    },
  };
}
