import { describe, expect, it } from 'vitest';
import { binaries, skipNote, testDatabases } from '@collage/database/testing/test-databases.js';
import { openApis } from './testing/open-api.js';

const databases = testDatabases();
const open = openApis();
const asked = { prompt: 'a cat on a roof', options: { seed: 7, quality: 'QUALITY_DRAFT' } };
const post = (json: unknown, headers?: Record<string, string>) => ({ method: 'POST', json, headers });

interface NumberSchema {
  type?: string;
  minimum?: number;
  maximum?: number;
  /** Where 0, the default, is outside of the range: 0, and the range. */
  anyOf?: { minimum?: number }[];
}

/** Bodies, the field that is wrong, and the reason. */
const wrongBodies: [unknown, string, string][] = [
  [{ prompt: 'a cat', colour: 'red' }, 'colour', 'REQUEST_INVALID'],
  [{ prompt: 7 }, 'prompt', 'REQUEST_INVALID'],
  [{ prompt: null }, 'prompt', 'REQUEST_INVALID'],
  [{ prompt: 'a cat', options: [] }, 'options', 'REQUEST_INVALID'],
  [{ prompt: 'a cat', options: { sead: 7 } }, 'options.sead', 'REQUEST_INVALID'],
  [{ prompt: 'a cat', options: { seed: '7' } }, 'options.seed', 'REQUEST_INVALID'],
  [{ prompt: 'a cat', options: { seed: 1.5 } }, 'options.seed', 'REQUEST_INVALID'],
  [{ prompt: 'a cat', options: { seed: -1 } }, 'seed', 'OPTION_INVALID'],
  [{ prompt: 'a cat', options: { heightPixels: 1e6 } }, 'heightPixels', 'OPTION_INVALID'],
  [{ prompt: 'a cat', options: { quality: 'BEST' } }, 'options.quality', 'REQUEST_INVALID'],
  [{ prompt: 'a cat', options: { licenses: ['ND'] } }, 'licenses', 'OPTION_INVALID'],
  [
    { prompt: 'a cat', options: { background: { stops: [{ color: { red: 'x' } }] } } },
    'options.background.stops[0].color.red',
    'REQUEST_INVALID',
  ],
  [{ prompt: 'a\0cat' }, 'prompt', 'OPTION_INVALID'],
  [{ prompt: 'a cat', webhookUrl: 'https://example.org/' }, 'webhookUrl', 'REQUEST_INVALID'],
  [{ prompt: 'a cat', webhookUrl: null }, 'webhookUrl', 'REQUEST_INVALID'],
];

describe.skipIf(!binaries)(`collages over HTTP (${skipNote})`, { timeout: 120_000 }, () => {
  it('are made of a prompt, listed, looked at, cancelled and removed', async () => {
    const api = await open(await databases.settingsFor());
    const created = await api.call('/v1/collages', post(asked));
    expect(created.status).toBe(202);
    const collage = (await created.json()) as { id: string };
    expect(collage).toMatchObject({
      prompt: asked.prompt,
      state: 'STATE_QUEUED',
      options: { seed: 7, quality: 'QUALITY_DRAFT', heightPixels: 1024 },
    });
    const path = created.headers.get('Location')!;
    expect(path).toBe(`/v1/collages/${collage.id}`);
    expect(await api.json(path)).toEqual(collage);
    const list = await api.json('/v1/collages');
    expect(list).toEqual({
      collages: [
        { id: collage.id, prompt: asked.prompt, state: 'STATE_QUEUED', createdAt: expect.any(String) },
      ],
    });
    const cancelled = await api.call(`${path}:cancel`, { method: 'POST' });
    expect(cancelled.status).toBe(200);
    expect(await cancelled.json()).toMatchObject({ id: collage.id, state: 'STATE_CANCELLED' });
    expect((await api.call(`${path}:cancel`, { method: 'POST' })).status).toBe(200);
    expect((await api.call(path, { method: 'DELETE' })).status).toBe(204);
    expect(await api.problem(404, path)).toMatchObject({ reason: 'COLLAGE_UNKNOWN', instance: path });
    await api.problem(404, path, { method: 'DELETE' });
    await api.problem(404, `${path}:cancel`, { method: 'POST' });
    // Every line of the log about it has its id.
    const logged = api.lines.filter(({ collageId }) => collageId === collage.id);
    expect(logged.map(({ method, status }) => `${method} ${status}`)).toEqual([
      'POST 202',
      'GET 200',
      'POST 200',
      'POST 200',
      'DELETE 204',
      'GET 404',
      'DELETE 404',
      'POST 404',
    ]);
  });

  it('are made once per idempotency key', async () => {
    const api = await open(await databases.settingsFor());
    const key = { 'Idempotency-Key': 'monday' };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => api.call('/v1/collages', post(asked, key))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(9).fill(200), 202]);
    const ids = await Promise.all(
      answers.map(async (answer) => ((await answer.json()) as { id: string }).id),
    );
    expect(new Set(ids).size).toBe(1);
    expect(await api.problem(422, '/v1/collages', post({ prompt: 'a dog' }, key))).toMatchObject({
      reason: 'IDEMPOTENCY_KEY_REUSED',
    });
  });

  it('are refused of what is wrong, with the field, what was expected and what came', async () => {
    const api = await open(await databases.settingsFor());
    for (const [body, field, reason] of wrongBodies) {
      const problem = await api.problem(400, '/v1/collages', post(body));
      expect(problem.reason).toBe(reason);
      expect(problem.errors).toEqual([{ field, message: problem.detail }]);
      expect(problem.detail).toContain(`for ${field} but received`);
    }
    expect((await api.json('/v1/collages')).collages).toEqual([]);
  });

  it('take the numbers that the document says, and none beyond', async () => {
    const api = await open(await databases.settingsFor());
    const { properties } = (await api.json('/openapi.json')).components.schemas.CollageOptions;
    const numbers = Object.entries(properties as Record<string, NumberSchema>).filter(
      ([, { type }]) => type === 'integer' || type === 'number',
    );
    expect(numbers.map(([name]) => name)).toContain('heightPixels');
    for (const [name, { minimum, maximum, anyOf }] of numbers) {
      const lowest = anyOf?.[1]?.minimum ?? minimum!;
      for (const value of [0, lowest, maximum!]) {
        const answer = await api.call('/v1/collages', post({ prompt: 'a cat', options: { [name]: value } }));
        expect([name, value, answer.status]).toEqual([name, value, 202]);
      }
      const below = lowest < 1 ? lowest - 1 : lowest / 2;
      for (const value of [below, maximum! + 1]) {
        await api.problem(400, '/v1/collages', post({ prompt: 'a cat', options: { [name]: value } }));
      }
    }
  });

  it('are refused of an empty prompt, of no JSON, and of too much', async () => {
    const api = await open(await databases.settingsFor());
    const raw = (body: string, type = 'application/json') => ({
      method: 'POST',
      body,
      headers: { 'Content-Type': type },
    });
    for (const body of ['{}', '{"prompt":"  "}'])
      expect((await api.problem(400, '/v1/collages', raw(body))).reason).toBe('PROMPT_EMPTY');
    expect((await api.problem(400, '/v1/collages', raw('{"prompt":'))).reason).toBe('JSON_MALFORMED');
    expect((await api.problem(400, '/v1/collages', raw('"a cat"'))).reason).toBe('JSON_MALFORMED');
    expect((await api.problem(400, '/v1/collages', raw('[]'))).reason).toBe('REQUEST_INVALID');
    expect((await api.problem(415, '/v1/collages', raw('prompt=a', 'text/plain'))).reason).toBe(
      'UNSUPPORTED_MEDIA_TYPE',
    );
    const long = JSON.stringify({ prompt: 'a'.repeat(2 ** 20) });
    expect((await api.problem(413, '/v1/collages', raw(long))).reason).toBe('CONTENT_TOO_LARGE');
    await api.problem(400, '/v1/collages', raw(JSON.stringify({ prompt: 'a'.repeat(1001) })));
  });

  it('are listed page by page', async () => {
    const api = await open(await databases.settingsFor());
    const ids: string[] = [];
    for (let index = 0; index < 5; index++) {
      ids.push((await api.json('/v1/collages', post(asked))).id);
      // Ids of one millisecond are in no order.
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const seen: string[] = [];
    let after = '';
    do {
      const page = await api.json(`/v1/collages?limit=2${after && `&after=${after}`}`);
      seen.push(...page.collages.map(({ id }: { id: string }) => id));
      after = page.nextAfter;
    } while (after);
    expect(seen).toEqual(ids.reverse());
    await api.call(`/v1/collages/${ids[1]}:cancel`, { method: 'POST' });
    const cancelled = await api.json('/v1/collages?state=STATE_CANCELLED');
    expect(cancelled.collages.map(({ id }: { id: string }) => id)).toEqual([ids[1]]);
    for (const query of [
      'limit=0',
      'limit=101',
      'limit=x',
      'limit=1&limit=2',
      'after=x',
      'state=X',
      'page=2',
    ])
      await api.problem(400, `/v1/collages?${query}`);
  });

  it('answer addresses and methods that are none with problems', async () => {
    const api = await open(await databases.settingsFor());
    for (const path of ['/v1/nothing', '/v1/collages/x', '/v1/collages/x/image', '/v1/collages/%00/events'])
      await api.problem(404, path);
    await api.problem(400, '/v1/collages/%ff');
    expect((await api.problem(405, '/v1/collages', { method: 'PATCH' })).reason).toBe('METHOD_NOT_ALLOWED');
    const answer = await api.call('/v1/collages/x/scene', { method: 'DELETE' });
    expect(answer.headers.get('Allow')).toBe('GET, PUT');
  });
});
