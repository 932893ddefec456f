import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStores } from '@collage/blobs/open-stores.js';
import { binaries, skipNote, testDatabases } from '@collage/database/testing/test-databases.js';
import { skipped } from '@collage/photos/photo-source.js';
import type { CollageTools } from '@collage/pipeline/collage-tools.js';
import { CollageMaker } from './collage-maker.js';
import { openCollages } from './testing/open-collages.js';

const databases = testDatabases();
const asked = { owner: 'ann', prompt: 'a cat on a roof', options: { seed: 7, photoCount: 4 } };

async function open(tools: Partial<CollageTools> = {}) {
  const settings = await databases.settingsFor();
  const database = databases.open(settings);
  const collages = openCollages(database);
  const patience = {
    firstWaitMilliseconds: 1,
    longestWaitMilliseconds: 1,
    totalMilliseconds: 60_000,
    sleep: async () => {},
    random: () => 0,
  };
  const toolsOf = () => ({
    sources: [],
    ...openStores('', join(settings.folder, 'stores')),
    inference: () => Promise.reject(new Error('no sidecar is to be asked')),
    now: () => 0,
    ...tools,
  });
  const observer = { stageEnded() {}, waiting() {}, ended() {} };
  const maker = new CollageMaker(database, collages.store, collages.log, toolsOf, patience, observer);
  const make = (id: string) => maker.make(id, (_name, work) => work(), new AbortController().signal);
  return { ...collages, make };
}

describe.skipIf(!binaries)(`making stored collages (${skipNote})`, { timeout: 120_000 }, () => {
  it.each([3, 120])(
    'tells of each of %i photos that was left out, where that is why it fails',
    async (count) => {
      const names = Array.from({ length: count }, (_, index) => `orphan-${index}.jpg`);
      const orphans = {
        name: 'orphans',
        async *find() {
          for (const name of names) yield skipped('NO_LICENSE', name, 'no license is given');
        },
      };
      const { store, log, make } = await open({ sources: [orphans] });
      const { id } = (await store.create(asked)).record;
      await make(id);
      const events = (await log.read(id, 0)).map(({ event }) => event);
      expect(events.at(-1)).toMatchObject({
        $case: 'failed',
        value: {
          reason: 'NO_PHOTOS_FOUND',
          message: expect.stringContaining(`${count} were left out; see the skipped list`),
        },
      });
      const told = events.flatMap((event) => (event?.$case === 'skipped' ? [event.value.name] : []));
      expect(told).toEqual(names);
      expect((await store.get(id)).collage.skipped).toEqual([
        { reason: 'NO_LICENSE', count, examples: names.slice(0, 5) },
      ]);
    },
  );
});
