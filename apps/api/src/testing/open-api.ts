import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { BlobStore } from '@collage/blobs/blob-store.js';
import { CollageStore } from '@collage/collages/collage-store.js';
import { EventLog } from '@collage/collages/event-log.js';
import { readConfig } from '@collage/config/config.js';
import { Database, type DatabaseSettings } from '@collage/database/database.js';
import { createApi } from '../create-api.js';
import { JsonLog } from '@collage/config/json-log.js';
import type { Problem } from '../problem.js';

/** An API that listens on loopback, and what is behind it. */
export interface OpenApi {
  address: string;
  database: Database;
  /** Its DATA_DIR. */
  data: string;
  store: CollageStore;
  events: EventLog;
  blobs: BlobStore;
  /** What it logged, a line each. */
  lines: Record<string, unknown>[];
  /** Fetches a path; an object is sent as JSON. */
  call(path: string, init?: RequestInit & { json?: unknown }): Promise<Response>;
  /** Fetches a path that is to succeed; the JSON it is answered with. */
  json(path: string, init?: RequestInit & { json?: unknown }): Promise<any>;
  /** Fetches a path that is to fail; the problem it is answered with. */
  problem(status: number, path: string, init?: RequestInit & { json?: unknown }): Promise<Problem>;
  close(): Promise<void>;
}

/** Opens APIs on databases that the test made; after each test they are closed. */
export function openApis() {
  const opened: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of opened.splice(0)) await close();
  });
  return async (
    databaseSettings: DatabaseSettings,
    settings: Record<string, string> = {},
    { data, heartbeatMilliseconds = 15_000 }: { data?: string; heartbeatMilliseconds?: number } = {},
  ): Promise<OpenApi> => {
    const folder = data ?? (await mkdtemp(join(tmpdir(), 'api-')));
    const lines: Record<string, unknown>[] = [];
    const log = new JsonLog({ write: (line) => lines.push(JSON.parse(line)) }, Date.now);
    const config = readConfig({ RATE_LIMIT: '100000', ...settings });
    const app = await createApi({
      config,
      data: folder,
      databaseSettings,
      version: '0.0.0',
      log,
      heartbeatMilliseconds,
    });
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    const address = `http://127.0.0.1:${port}`;
    let closing: Promise<void> | undefined;
    const close = () => (closing ??= app.close());
    opened.push(async () => {
      await close();
      if (!data) await rm(folder, { recursive: true, force: true });
    });
    const call: OpenApi['call'] = (path, { json, headers, ...init } = {}) =>
      fetch(`${address}${path}`, {
        redirect: 'manual',
        ...init,
        ...(json !== undefined && { body: JSON.stringify(json) }),
        headers: { ...(json !== undefined && { 'Content-Type': 'application/json' }), ...headers },
      });
    return {
      address,
      data: folder,
      database: app.get(Database),
      store: app.get(CollageStore),
      events: app.get(EventLog),
      blobs: app.get(BlobStore),
      lines,
      call,
      async json(path, init) {
        const response = await call(path, init);
        const text = await response.text();
        if (!response.ok) throw new Error(`Expected JSON but received ${response.status}: ${text}`);
        return JSON.parse(text);
      },
      async problem(status, path, init) {
        const response = await call(path, init);
        const text = await response.text();
        if (response.status !== status)
          throw new Error(`Expected ${status} but received ${response.status}: ${text}`);
        const type = response.headers.get('Content-Type');
        if (type !== 'application/problem+json') throw new Error(`Expected a problem but received ${type}`);
        const problem = JSON.parse(text) as Problem;
        if (problem.status !== status || !problem.reason || !problem.detail || !problem.title)
          throw new Error(`Expected a whole problem but received ${text}`);
        return problem;
      },
      close,
    };
  };
}
