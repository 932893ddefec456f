import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStores } from '@collage/blobs/open-stores.js';
import { DatabaseError } from '@collage/database/database-error.js';
import { binaries, skipNote, testDatabases } from '@collage/database/testing/test-databases.js';
import { skipped } from '@collage/photos/photo-source.js';
import type { CollageTools } from '@collage/pipeline/collage-tools.js';
import { beginCollage } from '@collage/pipeline/make-collage.js';
import { Collage_State as State } from '@collage/proto/collage/v1/collage.js';
import { CollageMaker } from './collage-maker.js';
import { madeAgain } from './made-again.js';
import { STAGE_VERSION } from './stage-version.js';
import { openCollages } from './testing/open-collages.js';
import { uploadedPhotoSource } from './uploaded-photo-source.js';
import { putUnfinished } from './unfinished-in-blobs.js';

const databases = testDatabases();
const asked = { owner: 'ann', prompt: 'a cat on a roof', options: { seed: 7, photoCount: 4 } };

async function open(tools: Partial<CollageTools> = {}, stageVersion = STAGE_VERSION) {
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
  const stores = openStores('', join(settings.folder, 'stores'));
  const toolsOf = () => ({
    sources: [],
    ...stores,
    inference: () => Promise.reject(new Error('no sidecar is to be asked')),
    now: () => 0,
    ...tools,
  });
  const observer = { stageEnded() {}, waiting() {}, ended() {} };
  const { store, log } = collages;
  const maker = new CollageMaker(database, store, log, toolsOf, patience, observer, stageVersion);
  const make = (id: string) => maker.make(id, (_name, work) => work(), new AbortController().signal);
  return { ...collages, blobs: stores.blobs, make };
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

  it('waits for a database that is away as uploaded photos are looked up, and makes nothing without them', async () => {
    let isAway = true;
    const uploads = {
      list: async () => {
        if (!isAway) return [];
        isAway = false;
        throw new DatabaseError('DATABASE_UNREACHABLE', 'it is away');
      },
    };
    const { blobs } = openStores('', await databases.folder());
    const { store, log, make } = await open({ sources: [uploadedPhotoSource('ann', uploads, blobs)] });
    const { id } = (await store.create(asked)).record;
    await make(id);
    const events = (await log.read(id, 0)).map(({ event }) => event);
    expect(events.filter((event) => event?.$case === 'waiting')).toMatchObject([
      { value: { state: State.FINDING_PHOTOS, reason: 'DATABASE_UNREACHABLE', message: 'it is away' } },
    ]);
    expect(events.filter((event) => event?.$case === 'skipped')).toEqual([]);
    expect(events.at(-1)).toMatchObject({ $case: 'failed', value: { reason: 'NO_PHOTOS_FOUND' } });
  });

  /** A collage whose first stage was done by a program of this version. */
  async function withKeyphrases({ store, log, blobs }: Awaited<ReturnType<typeof open>>, version: string) {
    const { record } = await store.create(asked);
    const { id, collage, options } = record;
    const run = await log.beginRun(id, version);
    const left = await putUnfinished(blobs, beginCollage({ id, prompt: collage.prompt, options }));
    await log.append(id, run, [], { stage: 'keyphrases', collage, ...left });
    return store.get(id);
  }

  it('goes on from no stage that another version left', async () => {
    const opened = await open();
    const { store, blobs } = opened;
    const old = await withKeyphrases(opened, 'old');
    await expect(madeAgain(old, 'photos', {}, store, blobs)).rejects.toMatchObject({
      reason: 'STAGE_NOT_KEPT',
    });
    const present = await withKeyphrases(opened, STAGE_VERSION);
    const { origin } = await madeAgain(present, 'photos', {}, store, blobs);
    expect(origin).toMatchObject({ collageId: present.id, stage: 'photos' });
  });

  it('begins with nothing that a program of another version left for it to begin with', async () => {
    const opened = await open({}, 'next');
    const { store, log, blobs, make } = opened;
    const parent = await withKeyphrases(opened, STAGE_VERSION);
    const { record } = await store.create({
      ...asked,
      ...(await madeAgain(parent, 'photos', {}, store, blobs)),
    });
    await make(record.id);
    const { collage, stageVersion } = await store.get(record.id);
    expect(collage).toMatchObject({
      failureReason: 'STAGE_NOT_KEPT',
      failureMessage: expect.stringContaining(`what a stage of collage ${parent.id} left`),
    });
    expect((await log.read(record.id, 1)).map(({ event }) => event?.$case)).toEqual(['failed']);

    // Whoever tried: what it begins with is of the version that left it.
    expect(stageVersion).toBe(STAGE_VERSION);
    const { origin } = await madeAgain(await store.get(record.id), 'photos', {}, store, blobs);
    expect(origin).toMatchObject({ collageId: record.id, stage: 'photos' });
    const old = { ...(await store.get(record.id)), stageVersion: 'old' };
    await expect(madeAgain(old, 'photos', {}, store, blobs)).rejects.toMatchObject({
      reason: 'STAGE_NOT_KEPT',
    });
  });
});
