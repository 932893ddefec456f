import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { binaries, skipNote, testDatabases } from '@collage/database/testing/test-databases.js';
import { isCompiled } from '../e2e/service.js';
import { type MalformedRequest, malformedRequests } from './malformed-requests.js';
import { authorizationOf, type Owner, type ServedApi, serveApi } from './served-api.js';

const databases = testDatabases();
const REQUEST_COUNT = 1000;
const SEED = 20261124;

interface Answer {
  status: number;
  type: string;
  text: string;
}

/** Sends a request as it is: fetch would tidy it first. */
function send(
  api: ServedApi,
  owner: Owner,
  { method, path, headers, body }: MalformedRequest,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { method, path, headers: { Authorization: authorizationOf(owner), ...headers } };
    const asking = request(new URL(api.address), options, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk) => (text += chunk));
      answer.on('end', () =>
        resolve({ status: answer.statusCode!, type: answer.headers['content-type'] ?? '', text }),
      );
    });
    asking.on('error', reject);
    asking.end(body);
  });
}

/** How many rows every table has. */
async function rowCounts({ database }: ServedApi): Promise<Record<string, number>> {
  const { pool } = await database.connect();
  const { rows } = await pool.query<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1",
  );
  const counts: Record<string, number> = {};
  for (const { name } of rows) {
    const { rows: counted } = await pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM "${name}"`);
    counts[name] = counted[0]!.n;
  }
  return counts;
}

describe.skipIf(!binaries || !isCompiled)(
  `what the API does not take (${skipNote})`,
  { timeout: 240_000 },
  () => {
    it(`${REQUEST_COUNT} malformed bodies, addresses and ids are problems, and leave nothing behind`, async () => {
      const api = await serveApi(databases);
      try {
        const id = await api.makeCollage();
        const before = await rowCounts(api);
        expect(before).toMatchObject({ collage: 1, collage_picture: 0, uploaded_photo: 0 });
        const tried = malformedRequests(id, REQUEST_COUNT, SEED);
        const statuses: Record<number, number> = {};
        for (const one of tried) {
          const { status, type, text } = await send(api, 'ann', one);
          const shown = `${JSON.stringify(one).slice(0, 600)} gave ${status} ${type} ${text.slice(0, 300)}`;
          expect(status, shown).toBeGreaterThanOrEqual(400);
          expect(status, shown).toBeLessThan(500);
          expect(type, shown).toBe('application/problem+json');
          const problem = JSON.parse(text);
          expect(problem, shown).toMatchObject({ status, reason: expect.stringMatching(/^[A-Z0-9_]+$/) });
          statuses[status] = (statuses[status] ?? 0) + 1;
        }
        // They differ: not all fail at the first hurdle.
        for (const status of [400, 404, 405, 415]) expect(statuses[status]).toBeGreaterThan(10);
        expect(await rowCounts(api)).toEqual(before);
        expect(api.process.exitCode).toBeNull();
        expect(api.log.filter(({ level }) => level === 'error')).toEqual([]);
      } finally {
        await api.close();
      }
    });

    it('another client’s collage is unknown on every route', async () => {
      const api = await serveApi(databases);
      try {
        const id = await api.makeCollage();
        const ownOf = async () =>
          (await send(api, 'ann', { method: 'GET', path: `/v1/collages/${id}` })).text;
        const own = await ownOf();
        const { scene, cutouts } = JSON.parse(own) as { scene: object; cutouts: { digest: string }[] };
        const bodies: Record<string, object> = { putScene: scene, rerunCollage: { fromStage: 'render' } };
        const document = await send(api, 'ann', { method: 'GET', path: '/openapi.json' });
        const { paths } = JSON.parse(document.text) as {
          paths: Record<string, Record<string, { operationId: string }>>;
        };
        const asked: string[] = [];
        for (const [pattern, operations] of Object.entries(paths)) {
          if (!pattern.includes('/collages/{id}')) continue;
          const path = pattern.replace('{id}', id).replace('{digest}', cutouts[0]!.digest);
          for (const [method, { operationId }] of Object.entries(operations)) {
            const body = bodies[operationId];
            const { status, text } = await send(api, 'bob', {
              method: method.toUpperCase(),
              path,
              headers: body && { 'Content-Type': 'application/json' },
              body: body && JSON.stringify(body),
            });
            expect(status, `${operationId}: ${text}`).toBe(404);
            // The very words of one that is not there at all.
            expect(JSON.parse(text)).toMatchObject({ reason: 'COLLAGE_UNKNOWN' });
            asked.push(operationId);
          }
        }
        expect(asked.length).toBeGreaterThanOrEqual(11);
        expect(await ownOf()).toBe(own);
        const list = await send(api, 'bob', { method: 'GET', path: '/v1/collages' });
        expect(JSON.parse(list.text)).toEqual({ collages: [] });
      } finally {
        await api.close();
      }
    });
  },
);
