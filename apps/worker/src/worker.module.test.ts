import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { describe, expect, it } from 'vitest';
import { credentials } from '@collage/blobs/testing/start-moto.js';
import { readConfig } from '@collage/config/config.js';
import { JsonLog } from '@collage/config/json-log.js';
import { FaultServer } from '@collage/fetch/testing/fault-server.js';
import { WorkerModule, WorkerSurroundings } from './worker.module.js';

const root = new URL('../../..', import.meta.url).pathname;

describe('a worker', () => {
  it('does not start where the blob store refuses its key', async () => {
    Object.assign(process.env, credentials);
    const store = await FaultServer.start();
    store.on('/collages/', (_request, response) => response.writeHead(403).end());
    const config = readConfig({
      BLOB_URL: `s3://collages/?endpoint=http://${store.host}`,
      INFERENCE_ADDRESSES: '127.0.0.1:1',
    });
    const log = new JsonLog({ write: () => {} }, Date.now);
    const module = WorkerModule.forRun(config, new WorkerSurroundings(root, '/nowhere', 'test'), log);
    try {
      const starting = NestFactory.createApplicationContext(module, { logger: log, abortOnError: false });
      await expect(starting).rejects.toMatchObject({ reason: 'BLOB_STORE_REFUSED' });
    } finally {
      await store.close();
    }
  });
});
