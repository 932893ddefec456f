import { describe, expect, it } from 'vitest';
import { binaries, skipNote, testDatabases } from '@collage/database/testing/test-databases.js';
import { WorkerPresence } from './worker-presence.js';

const databases = testDatabases();

describe.skipIf(!binaries)(`the presence of workers (${skipNote})`, () => {
  it('gives each of those that live a rank of its own, from 0', async () => {
    const settings = await databases.settingsFor();
    const workers = ['ann', 'bob', 'carl', 'dora'].map(
      (id) => new WorkerPresence(databases.open(settings), id, 'v1'),
    );
    const ranks = async (living: WorkerPresence[]) => {
      for (const worker of living) await worker.learnRank();
      return living.map(({ rank }) => rank).sort();
    };
    for (const worker of workers) await worker.begin();
    expect(await ranks(workers)).toEqual([0, 1, 2, 3]);

    const first = workers.find(({ rank }) => rank === 0)!;
    await first.end();
    const left = workers.filter((worker) => worker !== first);
    expect(await ranks(left)).toEqual([0, 1, 2]);
    for (const worker of left) await worker.end();
  });
});
