import { createHash, createHmac } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { binaries, skipNote, testDatabases } from '@collage/database/testing/test-databases.js';
import { openApis } from './testing/open-api.js';

const databases = testDatabases();
const open = openApis();
const hash = (key: string) => createHash('sha256').update(key).digest('hex');
const as = (key: string) => ({ Authorization: `Bearer ${key}` });
const post = (json: unknown, headers?: Record<string, string>) => ({ method: 'POST', json, headers });

describe.skipIf(!binaries)(`clients (${skipNote})`, { timeout: 120_000 }, () => {
  it('with keys see what is theirs, and of others’ not even that it is there', async () => {
    const api = await open(await databases.settingsFor(), {
      API_KEYS: `ann:${hash('key of ann')},bob:${hash('key-of-bob')}:1000:2,ann.two:${hash('key-of-ann')}`,
    });
    const [ann, bob] = [as('key-of-ann'), as('key-of-bob')];
    const { id } = await api.json('/v1/collages', post({ prompt: 'a cat' }, ann));
    const path = `/v1/collages/${id}`;
    expect((await api.json(path, { headers: ann })).id).toBe(id);
    const scene = { aspectRatio: 1, background: { stops: [{ color: {} }] } };
    const tries: [string, RequestInit & { json?: unknown }][] = [
      [path, {}],
      [`${path}/events`, {}],
      [`${path}/image`, {}],
      [`${path}/credits`, {}],
      [`${path}/scene`, {}],
      [`${path}/scene.svg`, {}],
      [`${path}/cutouts/${'a'.repeat(64)}`, {}],
      [`${path}/scene`, { method: 'PUT', json: scene }],
      [`${path}:cancel`, { method: 'POST' }],
      [`${path}:rerun`, { method: 'POST', json: { fromStage: 'layouts' } }],
      [path, { method: 'DELETE' }],
    ];
    for (const [address, init] of tries) {
      expect((await api.problem(404, address, { ...init, headers: bob })).reason).toBe('COLLAGE_UNKNOWN');
      const unknown = await api.problem(401, address, { ...init, headers: as('key-of-eve') });
      expect(unknown.reason).toBe('API_KEY_NEEDED');
    }
    expect((await api.json('/v1/collages', { headers: bob })).collages).toEqual([]);
    await api.problem(401, '/v1/collages');
    expect((await api.call('/v1/collages')).headers.get('WWW-Authenticate')).toBe('Bearer');
    expect((await api.json(path, { headers: ann })).state).toBe('STATE_QUEUED');
    // Health and metrics are for machines without keys.
    for (const open of ['/health/live', '/health/ready', '/metrics', '/openapi.json'])
      expect((await api.call(open)).status).toBe(200);
    // Bob may have two that are not finished.
    await api.json('/v1/collages', post({ prompt: 'a dog' }, bob));
    const keyed = post({ prompt: 'a dog' }, { ...bob, 'Idempotency-Key': 'monday' });
    const second = await api.json('/v1/collages', keyed);
    const refusal = await api.call('/v1/collages', post({ prompt: 'a dog' }, bob));
    expect([refusal.status, refusal.headers.get('Retry-After')]).toEqual([429, '10']);
    expect(await refusal.json()).toMatchObject({ reason: 'TOO_MANY_UNFINISHED' });
    // One that was asked for is given again.
    expect((await api.json('/v1/collages', keyed)).id).toBe(second.id);
    await api.call(`/v1/collages/${second.id}:cancel`, { method: 'POST', headers: bob });
    await api.json('/v1/collages', post({ prompt: 'a dog' }, bob));
    // The log names who asked, never the key.
    expect(api.lines.some(({ client }) => client === 'bob')).toBe(true);
    expect(JSON.stringify(api.lines)).not.toContain('key-of');
  });

  it('may ask so often and no more, each for itself', async () => {
    const api = await open(await databases.settingsFor(), {
      API_KEYS: `ann:${hash('a')}:5,bob:${hash('b')}:5`,
    });
    for (let left = 4; left >= 0; left--) {
      const answer = await api.call('/v1/collages', { headers: as('a') });
      expect([answer.status, answer.headers.get('RateLimit-Remaining')]).toEqual([200, String(left)]);
    }
    const refused = await api.call('/v1/collages', { headers: as('a') });
    expect(refused.status).toBe(429);
    const wait = Number(refused.headers.get('Retry-After'));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(12);
    expect((await api.call('/v1/collages', { headers: as('b') })).status).toBe(200);
  });

  it('may send two photos at once, and leave room for the others', async () => {
    const api = await open(await databases.settingsFor(), { API_KEYS: `ann:${hash('a')},bob:${hash('b')}` });
    /** The beginning of an upload that does not go on. */
    const begin = (key: string) =>
      new Promise<{ end(): void; status: Promise<number> }>((resolve) => {
        const socket = connect(Number(new URL(api.address).port), '127.0.0.1');
        const status = new Promise<number>((answered) => {
          socket.once('data', (data) => answered(Number(data.toString().split(' ')[1])));
          socket.on('error', () => answered(0));
        });
        const head = `POST /v1/photos HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\n`;
        const form = 'Content-Type: multipart/form-data; boundary=x\r\nTransfer-Encoding: chunked\r\n\r\n';
        socket.write(`${head}${form}5\r\n--x\r\n\r\n`, () =>
          resolve({ end: () => socket.destroy(), status }),
        );
      });
    const held = [await begin('a'), await begin('a')];
    const third = async (key: string) => {
      const upload = await begin(key);
      const status = await Promise.race([upload.status, sleep(300).then(() => 'it may go on')]);
      upload.end();
      return status;
    };
    while ((await third('a')) !== 429);
    expect(await third('b')).toBe('it may go on');
    for (const { end } of held) end();
    while ((await third('a')) === 429);
  });

  it('on web pages may call from the origins that are set, and no others', async () => {
    const settings = await databases.settingsFor();
    const api = await open(settings, { CORS_ORIGINS: 'https://good.example,http://localhost:5173' });
    const allowed = async (origin: string) =>
      (await api.call('/health/live', { headers: { Origin: origin } })).headers.get(
        'Access-Control-Allow-Origin',
      );
    expect(await allowed('https://good.example')).toBe('https://good.example');
    expect(await allowed('https://evil.example')).toBeNull();
    const preflight = await api.call('/v1/collages', {
      method: 'OPTIONS',
      headers: { Origin: 'https://good.example', 'Access-Control-Request-Method': 'POST' },
    });
    expect(preflight.status).toBe(204);
    const closed = await open(settings);
    const answer = await closed.call('/health/live', { headers: { Origin: 'https://good.example' } });
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBeNull();
    expect(answer.headers.get('X-Content-Type-Options')).toBe('nosniff');
  });

  it('hear of the end of their collage, signed, again until they take it, and nowhere private', async () => {
    const secret = 'a secret of the test';
    const received: { head: string; body: string }[] = [];
    // The first try is refused.
    const receiver = createServer((socket) => {
      let text = '';
      socket.on('data', (data) => {
        text += data.toString();
        const [head = '', body] = text.split('\r\n\r\n');
        const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
        if (body === undefined || body.length < length) return;
        received.push({ head, body });
        const status = received.length === 1 ? '500 Internal Server Error' : '204 No Content';
        socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const { port } = receiver.address() as { port: number };
    try {
      const api = await open(await databases.settingsFor(), {
        WEBHOOK_SECRET: secret.replaceAll(' ', '-'),
        FETCH_ALLOW: `127.0.0.1:${port}`,
      });
      const cancelled = async (webhookUrl: string) => {
        const { id } = await api.json('/v1/collages', post({ prompt: 'a cat', webhookUrl }));
        await api.call(`/v1/collages/${id}:cancel`, { method: 'POST' });
        return id as string;
      };
      const hidden = await cancelled('http://127.0.0.1:9/');
      const id = await cancelled(`http://127.0.0.1:${port}/done`);
      while (received.length < 2) await sleep(50);
      expect(received[1]!.body).toBe(received[0]!.body);
      expect(JSON.parse(received[1]!.body)).toMatchObject({
        type: 'collage.finished',
        data: { id, state: 'STATE_CANCELLED' },
      });
      const header = (name: string) =>
        new RegExp(`^${name}: (.*)$`, 'im').exec(received[1]!.head)![1]!.trim();
      const signed = `${header('webhook-id')}.${header('webhook-timestamp')}.${received[1]!.body}`;
      const expected = createHmac('sha256', secret.replaceAll(' ', '-')).update(signed).digest('base64');
      expect(header('webhook-signature')).toBe(`v1,${expected}`);
      const { pool } = await api.database.connect();
      const rows = async () =>
        (await pool.query('SELECT collage_id AS id, try_count AS tries, result FROM webhook_delivery')).rows;
      while ((await rows()).length < 2) await sleep(50);
      await sleep(200);
      expect(await rows()).toContainEqual({ id, tries: 2, result: 'delivered' });
      const refusal = (await rows()).find((row) => row.id === hidden);
      expect(refusal.result).toContain('not public');
      for (const webhookUrl of ['ftp://example.org/', 'https://ann:pw@example.org/', 'example.org'])
        await api.problem(400, '/v1/collages', post({ prompt: 'a cat', webhookUrl }));
    } finally {
      receiver.close();
    }
  });

  it('find a document that describes every route, with the schemas of the messages', async () => {
    const api = await open(await databases.settingsFor());
    const document = await api.json('/openapi.json');
    expect(document.openapi).toBe('3.1.0');
    const routes = Object.entries<Record<string, unknown>>(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method} ${path}`),
    );
    expect(routes.sort()).toEqual([
      'delete /v1/collages/{id}',
      'delete /v1/photos/{digest}',
      'get /health/live',
      'get /health/models',
      'get /health/ready',
      'get /metrics',
      'get /v1/collages',
      'get /v1/collages/{id}',
      'get /v1/collages/{id}/credits',
      'get /v1/collages/{id}/cutouts/{digest}',
      'get /v1/collages/{id}/events',
      'get /v1/collages/{id}/image',
      'get /v1/collages/{id}/scene',
      'get /v1/collages/{id}/scene.svg',
      'get /v1/photos',
      'post /v1/collages',
      'post /v1/collages/{id}:cancel',
      'post /v1/collages/{id}:rerun',
      'post /v1/photos',
      'put /v1/collages/{id}/scene',
    ]);
    // Every reference leads somewhere.
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)];
    expect(references.length).toBeGreaterThan(50);
    for (const [, name] of references) expect(Object.keys(document.components.schemas)).toContain(name);
    expect(document.components.schemas.CollageOptions.properties.seed.description).toBe(
      'Seeds every random draw.',
    );
    const home = await api.call('/');
    expect([home.status, home.headers.get('Location')]).toEqual([302, '/docs']);
    expect(await (await api.call('/docs')).text()).toContain('swagger-ui');
    // No sidecar is named here.
    expect((await api.problem(503, '/health/models')).reason).toBe('INFERENCE_UNAVAILABLE');
  });
});
