import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FolderBlobStore } from '@collage/blobs/blob-store.js';
import { readConfig } from '@collage/config/config.js';
import { FaultServer } from '@collage/fetch/testing/fault-server.js';
import { content } from '@collage/fetch/testing/faults.js';
import { FetcherProvider } from './fetcher-provider.js';
import { Surroundings } from './surroundings.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
let data: string;
let server: FaultServer;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'cli-'));
  server = await FaultServer.start();
});
afterEach(() => Promise.all([rm(data, { recursive: true }), server.close()]));

function provider(env: Record<string, string>): FetcherProvider {
  const surroundings = new Surroundings(root, data, undefined, false, {});
  return new FetcherProvider(readConfig(env), surroundings, new FolderBlobStore(join(data, 'blobs')));
}

describe('the fetcher of the command line', () => {
  it('does as CONTACT, FETCH_ALLOW and OFFLINE say', async () => {
    const address = server.on('/', content('{}'));
    const shut = provider({});
    await expect(shut.fetcher.text(address)).rejects.toMatchObject({ reason: 'PRIVATE_ADDRESS' });
    const open = provider({ CONTACT: 'me@example.org', FETCH_ALLOW: `wiki.test:80,${server.host}` });
    expect((await open.fetcher.text(address)).status).toBe(200);
    const { headers } = server.requests[0]!;
    expect(headers['user-agent']).toMatch(/^ClipAndPaste\/\d+\.\d+\.\d+ \(me@example\.org\) /);
    const offline = provider({ OFFLINE: 'true' });
    expect((await offline.fetcher.text(address)).fromCache).toBe(true);
    for (const each of [shut, open, offline]) each.onApplicationShutdown();
  });
});
