import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { paintPhotos } from '../e2e/painted-photos.js';
import { CollagesClient } from './collages-client.js';
import type { Program } from './program.js';
import { recordedStages } from './recorded-stages.js';
import { startFakeSidecars, type TestSidecars } from './sidecars.js';
import { smallAsk } from './small-recipe.js';
import { serviceMissing, TestService } from './test-service.js';

const CLIENTS = ['ann', 'bob', 'carl'];
const STREAMS = 500;
const SAMPLE_MILLISECONDS = 1_000;
/**
 * How much more memory a process may hold in the last third of a run than in the second, in MiB. V8 gives memory back when
 * it likes; what leaked for each of a hundred collages would be their photos and pictures, some 3 MiB each.
 */
const GROWTH_MEBIBYTES = 60;

describe.skipIf(serviceMissing)(`many at once (${serviceMissing ?? 'fake sidecars'})`, () => {
  let photos: string;
  let sidecars: TestSidecars;
  let service: TestService;
  beforeAll(async () => {
    photos = await mkdtemp(join(tmpdir(), 'faults-photos-'));
    await paintPhotos(photos, 8);
    sidecars = await startFakeSidecars(2, 20);
    const apiKeys = CLIENTS.map((name) => `${name}:${createHash('sha256').update(name).digest('hex')}`);
    const env = { API_KEYS: apiKeys.join(',') };
    service = await TestService.start({ workers: 2, apis: 1, sidecars: sidecars.addresses, photos, env });
  });
  afterEach(() => expect(service.programs.flatMap(({ crashes }) => crashes)).toEqual([]));
  afterAll(async () => {
    expect(await service.stop()).toEqual([]);
    await service.remove();
    await sidecars.stop();
    await rm(photos, { recursive: true });
  });
  const clientOf = (name: string) => new CollagesClient(service.addresses, name);

  it(
    'a hundred collages of three clients: none lost, in turns, memory flat',
    { timeout: 900_000 },
    async () => {
      const counts = { ann: 80, bob: 10, carl: 10 };
      const memory = sampleMemory(service.programs);
      const asked: { client: CollagesClient; id: string }[] = [];
      // Ann's first: bob's and carl's must not wait for all of them.
      for (const [owner, count] of Object.entries(counts)) {
        const client = clientOf(owner);
        for (let index = 0; index < count; index++) {
          const ask = smallAsk(asked.length, { heightPixels: 100, iterationCount: 3, layoutCount: 2 });
          asked.push({ client, id: await client.create(ask, `${index}`) });
        }
      }
      await Promise.all(
        asked.map(async ({ client, id }) =>
          expect((await client.events(id)).at(-1)).toHaveProperty('succeeded'),
        ),
      );
      const growth = memory.growthMebibytes();
      console.log(`100 collages, MiB (name: second third -> last third): ${memory.describe()}`);
      expect(growth.filter((mebibytes) => mebibytes > GROWTH_MEBIBYTES)).toEqual([]);
      expect((await recordedStages(service, asked.length)).wrong).toEqual([]);
      const started = await service.query<{ owner: string }>(
        'SELECT owner FROM collage ORDER BY started_at, turn',
      );
      // Some of ann's may have begun before the others asked; from then on each third is bob's, and each third carl's.
      const owners = started.map(({ owner }) => owner);
      const fromFirst = owners.slice(owners.indexOf('bob'));
      for (const owner of ['bob', 'carl']) {
        const last = fromFirst.lastIndexOf(owner);
        expect(last, `${owner} has had all turns`).toBeLessThan(3 * counts.bob + 6);
      }
    },
  );

  it(`${STREAMS} streams of one collage all hear the same`, { timeout: 600_000 }, async () => {
    const client = clientOf('ann');
    const memory = sampleMemory(service.apis);
    const id = await client.create(smallAsk(7, { iterationCount: 200 }), 'watched');
    const streams = await Promise.all(Array.from({ length: STREAMS }, () => clientOf('ann').events(id)));
    console.log(`${STREAMS} streams, MiB: ${memory.describe()}`);
    expect(streams[0]!.at(-1)).toHaveProperty('succeeded');
    expect(streams[0]!.length).toBeGreaterThan(200);
    const sequences = streams.map((events) => events.map(({ sequence }) => sequence).join());
    expect(new Set(sequences).size).toBe(1);
    const wanted = streams[0]!.map((_, index) => index + 1).join();
    expect(sequences[0]).toBe(wanted);
    // None was cut: none had to come back.
    expect(service.apis.flatMap(({ lines }) => lines.filter((line) => / 5\d\d"/.test(line)))).toEqual([]);
  });
});

/** Looks at the resident memory of programs until it is asked what it saw. */
function sampleMemory(programs: Program[]) {
  const samples = programs.map((): number[] => []);
  const timer = setInterval(() => {
    for (const [index, { processId }] of programs.entries()) {
      const [, kibibytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${processId}/status`, 'utf8')) ?? [];
      if (kibibytes) samples[index]!.push(Number(kibibytes) / 1024);
    }
  }, SAMPLE_MILLISECONDS);
  const third = (all: number[], index: number) => {
    const size = Math.ceil(all.length / 3);
    const part = all.slice(index * size, (index + 1) * size);
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  };
  return {
    growthMebibytes: () => {
      clearInterval(timer);
      return samples.map((all) => third(all, 2) - third(all, 1));
    },
    describe: () => {
      clearInterval(timer);
      return samples
        .map((all, index) => {
          const [second, last] = [third(all, 1), third(all, 2)].map(Math.round);
          return `${programs[index]!.settings.name}: ${second} -> ${last}, at most ${Math.round(Math.max(...all))}`;
        })
        .join('; ');
    },
  };
}
