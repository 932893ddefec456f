import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { credentials } from '@collage/blobs/testing/start-moto.js';
import { migrations } from '@collage/database/testing/test-databases.js';
import { FaultServer } from '@collage/fetch/testing/fault-server.js';
import { openApis } from './testing/open-api.js';

const open = openApis();
/** Not connected to. */
const database = { databaseUrl: '', pgBin: '', python: '', requirements: '', folder: '/nowhere', migrations };

describe('an API at its start', () => {
  let store: FaultServer;
  let settings: Record<string, string>;
  beforeEach(async () => {
    Object.assign(process.env, credentials);
    store = await FaultServer.start();
    settings = { BLOB_URL: `s3://collages/?endpoint=http://${store.host}` };
  });
  afterEach(() => store.close());

  it.each([
    [403, 'BLOB_STORE_REFUSED'],
    [404, 'BLOB_BUCKET_MISSING'],
  ])('ends where the blob store answers %i', async (status, reason) => {
    store.on('/collages/', (_request, response) => response.writeHead(status).end());
    await expect(open(database, settings)).rejects.toMatchObject({ reason });
  });

  it('warns where the blob store is away, and serves all the same', { timeout: 30_000 }, async () => {
    await store.close();
    const api = await open(database, settings);
    expect(api.lines).toContainEqual(
      expect.objectContaining({ level: 'warning', message: expect.stringContaining('cannot be used now') }),
    );
    expect((await api.call('/health/live')).status).toBe(200);
  });
});
