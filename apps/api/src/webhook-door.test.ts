import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FolderObjects } from '@collage/blobs/folder-objects.js';
import { BlobStore } from '@collage/blobs/blob-store.js';
import { readConfig } from '@collage/config/config.js';
import { FaultServer } from '@collage/fetch/testing/fault-server.js';
import { WebhookDoor } from './webhook-door.js';

let folder: string;
let receiver: FaultServer;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'webhook-door-'));
  receiver = await FaultServer.start();
});
afterEach(async () => {
  await receiver.close();
  await rm(folder, { recursive: true });
});

describe('the door that webhooks go out by', () => {
  it('lets a message to a host out though others to that host are not answered yet', async () => {
    const config = readConfig({ FETCH_ALLOW: receiver.host });
    const door = new WebhookDoor(config, 'test', folder, new BlobStore(new FolderObjects(folder)));
    const hung = receiver.on('/hung', () => {});
    const well = receiver.on('/well', (_request, response) => response.writeHead(204).end());
    const stop = new AbortController();
    try {
      const waiting = Array.from({ length: 7 }, () => door.post(hung, '{}', {}, stop.signal));
      const ended = Promise.allSettled(waiting);
      await vi.waitFor(() => expect(receiver.asked('/hung')).toBe(7), 5_000);
      await door.post(well, '{}', {}, AbortSignal.timeout(5_000));
      stop.abort(new Error('enough'));
      expect((await ended).map(({ status }) => status)).toEqual(Array(7).fill('rejected'));
    } finally {
      door.close();
    }
  });
});
