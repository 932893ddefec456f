import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database } from './database.js';
import { readDatabaseUrl } from './server-address.js';
import { migrations } from './testing/test-databases.js';

const settings = { pgBin: '', python: '', requirements: '', folder: '/nowhere', migrations };
let closedPort: number;
let mute: Server;

beforeAll(async () => {
  // A port that was free a moment ago.
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closedPort = (server.address() as { port: number }).port;
  await new Promise((resolve) => server.close(resolve));
  mute = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
});
afterAll(() => mute.close());

describe('DATABASE_URL', () => {
  it('names the setting, the place and what to do when no server is there, and never the password', async () => {
    const database = new Database({
      ...settings,
      databaseUrl: `postgresql://me:geheim@127.0.0.1:${closedPort}/photos`,
    });
    const error = await database.connect().catch((thrown) => thrown);
    expect(error).toMatchObject({ reason: 'DATABASE_UNREACHABLE' });
    expect(error.message).toMatch(
      /^DATABASE_URL: expected a PostgreSQL server at 127\.0\.0\.1:\d+\/photos but received/,
    );
    expect(error.message).toContain('ECONNREFUSED');
    expect(error.message).toContain('Start it or correct the setting');
    expect(error.message).not.toContain('geheim');
    await database.close();
  });

  it('says so when what is there is no PostgreSQL', async () => {
    const { port } = mute.address() as { port: number };
    const database = new Database({ ...settings, databaseUrl: `postgresql://127.0.0.1:${port}/photos` });
    await expect(database.connect()).rejects.toMatchObject({ reason: 'DATABASE_UNREACHABLE' });
  });

  it.each(['mysql://me:geheim@host/photos', 'photos', 'geheim'])('refuses %s without repeating it', (url) => {
    const read = () => readDatabaseUrl(url);
    expect(read).toThrow(/DATABASE_URL: expected an address like postgresql:/);
    expect(read).not.toThrow(/geheim/);
  });

  it('may name a socket', () => {
    expect(readDatabaseUrl('postgresql:///photos?host=/run/postgresql').description).toBe(
      '/run/postgresql:5432/photos',
    );
  });
});
