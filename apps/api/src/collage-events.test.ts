import { describe, expect, it } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import { binaries, skipNote, testDatabases } from '@collage/database/testing/test-databases.js';
import { Collage_State as State } from '@collage/proto/collage/v1/collage.js';
import { seededRandom } from '@collage/scene/seeded-random.js';
import { readEvents } from './testing/read-events.js';
import { openApis, type OpenApi } from './testing/open-api.js';

const databases = testDatabases();
const open = openApis();
const progressed = (doneCount: number) => ({
  $case: 'stageProgressed' as const,
  value: { state: State.ARRANGING, doneCount, totalCount: 400, unit: 'layouts\nscored' },
});

/** A collage that a worker of this test makes. */
async function begun(api: OpenApi) {
  const { id } = await api.json('/v1/collages', { method: 'POST', json: { prompt: 'a cat' } });
  const run = await api.events.beginRun(id, 'test');
  return {
    path: `/v1/collages/${id}/events`,
    id: id as string,
    append: (...events: Parameters<typeof api.events.append>[2]) => api.events.append(id, run, events),
  };
}

describe.skipIf(!binaries)(`event streams (${skipNote})`, { timeout: 180_000 }, () => {
  it('cut 50 times at random and resumed are the same sequence as uncut, across a restart and two replicas', async () => {
    const settings = await databases.settingsFor();
    const lasting = await open(settings);
    const replicas = [await open(settings), lasting];
    const { path, append, id } = await begun(lasting);
    const random = seededRandom(7, 'cuts');
    const writing = (async () => {
      for (let done = 0; done < 400;) {
        const batch = Array.from({ length: 1 + Math.floor(random() * 6) }, () => progressed(done++));
        await append(...batch);
        await sleep(random() * 8);
      }
      await append({ $case: 'failed', value: { reason: 'TEST', message: 'the end' } });
    })();
    const uncut = readEvents(lasting.address + path);
    const seen: unknown[] = [];
    let last = 0;
    let cuts = 0;
    for (let isOver = false; !isOver;) {
      const replica = replicas[cuts % 2]!;
      // Half by header, half by query, as a browser does it and as a program may.
      const target = cuts % 3 === 0 ? `${path}?after=${last}` : path;
      const headers: Record<string, string> = cuts % 3 === 0 ? {} : { 'Last-Event-ID': String(last) };
      const most = cuts < 50 ? Math.floor(random() * 9) : Infinity;
      const cut = await readEvents(replica.address + target, headers, most);
      seen.push(...cut.events.map(({ data }) => data));
      last = cut.events.at(-1)?.id ?? last;
      isOver = cut.ended;
      if (++cuts === 25) {
        await replicas[0]!.close();
        replicas[0] = await open(settings);
      }
    }
    await writing;
    const { events, ended } = await uncut;
    expect(ended).toBe(true);
    expect(cuts).toBeGreaterThan(50);
    expect(events.map(({ id: number }) => number)).toEqual(events.map((_, index) => index + 1));
    expect(seen).toEqual(events.map(({ data }) => data));
    expect(events.at(-1)!.data).toEqual({
      sequence: events.length,
      failed: { reason: 'TEST', message: 'the end' },
    });
    // Browsers would come back for ever, were they not told that nothing follows.
    const after = await lasting.call(path, { headers: { 'Last-Event-ID': String(last) } });
    expect(after.status).toBe(204);
    expect((await lasting.store.get(id)).eventCount).toBe(events.length);
  });

  it('500 at once all hear everything, and leave nothing behind', async () => {
    const api = await open(await databases.settingsFor());
    const { path, append } = await begun(api);
    const streams = Array.from({ length: 500 }, () => readEvents(api.address + path));
    const openStreams = async () =>
      Number(/^collage_event_streams_open (\d+)$/m.exec(await (await api.call('/metrics')).text())?.[1]);
    while ((await openStreams()) < 500) await sleep(50);
    for (let done = 0; done < 10; done++) await append(progressed(done));
    await append({ $case: 'cancelled', value: {} });
    for (const { events, ended } of await Promise.all(streams)) {
      expect(ended).toBe(true);
      expect(events.map(({ id }) => id)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
    }
    while ((await openStreams()) > 0) await sleep(50);
  });

  it('say that they are alive while nothing happens, and end when the service does', async () => {
    const api = await open(await databases.settingsFor(), {}, { heartbeatMilliseconds: 30 });
    const { path } = await begun(api);
    const reading = readEvents(api.address + path);
    await sleep(300);
    await api.close();
    const { comments, events } = await reading;
    // That it waits for a worker is all there is.
    expect(events).toEqual([{ id: 1, data: { sequence: 1, queued: {} } }]);
    expect(comments).toBeGreaterThan(3);
  });

  it('answer HEAD at once, with the headers alone, and to their owner only', async () => {
    const api = await open(await databases.settingsFor());
    const { path, append, id } = await begun(api);
    const head = (address: string) =>
      api.call(address, { method: 'HEAD', signal: AbortSignal.timeout(10_000) });
    const answer = await head(path);
    expect([answer.status, answer.headers.get('Content-Type'), await answer.text()]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
      '',
    ]);
    expect(await (await api.call('/metrics')).text()).toContain('collage_event_streams_open 0');
    expect((await head(path.replace(id, id.replace(/^./, '9')))).status).toBe(404);
    const last = await append({ $case: 'cancelled', value: {} });
    expect((await head(`${path}?after=${last}`)).status).toBe(204);
  });

  it('refuse numbers that no event has, and end when their collage is removed', async () => {
    const api = await open(await databases.settingsFor());
    const { path, append, id } = await begun(api);
    await append(progressed(1));
    for (const after of ['x', '-1', '3', '1.5', '99999999999'])
      await api.problem(400, path, { headers: { 'Last-Event-ID': after } });
    await api.problem(400, `${path}?after=3`);
    await api.problem(400, `${path}?after=0&after=1`);
    await api.problem(404, path.replace(id, id.replace(/^./, '9')));
    const reading = readEvents(api.address + path);
    await sleep(100);
    await api.call(`/v1/collages/${id}`, { method: 'DELETE' });
    expect(await reading).toMatchObject({ ended: true, events: [{ id: 1 }, { id: 2 }] });
  });
});
