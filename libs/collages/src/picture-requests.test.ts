import { describe, expect, it } from 'vitest';
import { binaries, skipNote, testDatabases } from '@collage/database/testing/test-databases.js';
import { newCollageId } from './collage-id.js';
import { PictureRequests } from './picture-requests.js';
import { openCollages } from './testing/open-collages.js';

const databases = testDatabases();

describe.skipIf(!binaries)(`requests for pictures (${skipNote})`, { timeout: 120_000 }, () => {
  /** Requests for pictures of collages, and a way to ask for them. */
  async function asking() {
    const database = databases.open(await databases.settingsFor());
    const { store, notifications } = openCollages(database);
    let time = Date.UTC(2026, 0, 1);
    const requests = new PictureRequests(database, notifications, () => new Date(time++));
    const collage = async () => (await store.create({ owner: '', prompt: 'a cat', options: {} })).record.id;
    const ask = (collageId: string, height = 100) =>
      requests.ask({ collageId, height, mediaType: 'image/png' }, AbortSignal.timeout(60_000));
    return { requests, store, collage, ask };
  }

  it('say that their collage is unknown where it was deleted just before', async () => {
    const { ask } = await asking();
    const gone = newCollageId(0, (length) => Buffer.alloc(length));
    await expect(ask(gone)).rejects.toMatchObject({ reason: 'COLLAGE_UNKNOWN' });
  });
});
