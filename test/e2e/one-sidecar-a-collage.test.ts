import { afterEach, describe, expect, it } from 'vitest';
import { binaries, skipNote, testDatabases } from '@collage/database/testing/test-databases.js';
import {
  type FakeInferenceServer,
  startFakeInferenceServer,
} from '@collage/inference/testing/fake-inference-server.js';
import { isCompiled } from './service.js';
import { smallRequest, storedCollages } from './stored-collages.js';

const open = storedCollages(testDatabases());
const sidecars: FakeInferenceServer[] = [];
afterEach(() => sidecars.splice(0).forEach(({ stop }) => stop()));

async function start(count: number): Promise<FakeInferenceServer[]> {
  for (let index = 0; index < count; index++) {
    sidecars.push(await startFakeInferenceServer({ stepMilliseconds: 20 }));
  }
  return sidecars;
}

/** Calls for collages: all but the question which models there are, which the pool asks of each. */
function workOf({ calls }: FakeInferenceServer): number {
  return [...calls].reduce((sum, [name, count]) => (name.startsWith('describe') ? sum : sum + count), 0);
}

describe.skipIf(!binaries || !isCompiled)(
  `a worker with several sidecars (${skipNote}${isCompiled ? '' : '; skipped: not compiled'})`,
  { timeout: 240_000 },
  () => {
    it('has all stages of a collage done by one of them', async () => {
      const { store, work, eventsOf } = await open();
      const servers = await start(3);
      work(servers.map(({ address }) => address));
      let before = servers.map(workOf);
      for (let seed = 1; seed <= 4; seed++) {
        const request = { ...smallRequest, options: { ...smallRequest.options, seed } };
        const { id } = (await store.create(request)).record;
        expect((await eventsOf(id)).at(-1)!.event?.$case).toBe('succeeded');
        const after = servers.map(workOf);
        const asked = after.filter((count, index) => count > before[index]!);
        expect(asked).toHaveLength(1);
        before = after;
      }
    });

    it('gives two collages that are made at once to two of them', async () => {
      const { store, work, eventsOf } = await open();
      const servers = await start(2);
      const options = { ...smallRequest.options, iterationCount: 100 };
      const requests = ['a red disk', 'a blue disk'].map((prompt) => ({ ...smallRequest, prompt, options }));
      const ids: string[] = [];
      for (const request of requests) ids.push((await store.create(request)).record.id);
      work(
        servers.map(({ address }) => address),
        { WORKER_CONCURRENCY: '2' },
      );
      for (const id of ids) expect((await eventsOf(id)).at(-1)!.event?.$case).toBe('succeeded');
      const [first, second] = servers.map(({ calls }) => calls.get('optimizeScene'));
      expect(first).toBeGreaterThan(0);
      expect(second).toBe(first);
    });

    it('goes on at another when the collage’s own dies', async () => {
      const { store, work, eventsOf, stream } = await open();
      const servers = await start(2);
      const options = { ...smallRequest.options, iterationCount: 60 };
      const { id } = (await store.create({ ...smallRequest, options })).record;
      work(servers.map(({ address }) => address));
      let other: FakeInferenceServer | undefined;
      for await (const { event } of stream.follow(id, 0)) {
        if (event?.$case !== 'optimized' || event.value.progress!.step < 15) continue;
        const own = servers.find(({ calls }) => calls.has('optimizeScene'))!;
        other = servers.find((server) => server !== own)!;
        expect(workOf(other)).toBe(0);
        own.stop();
        break;
      }
      expect((await eventsOf(id)).at(-1)!.event?.$case).toBe('succeeded');
      expect(workOf(other!)).toBeGreaterThan(0);
    });
  },
);
