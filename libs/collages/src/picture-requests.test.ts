import { describe, expect, it } from 'vitest';
import { BlobStoreError } from '@collage/blobs/blob-store-error.js';
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
    const clock = { milliseconds: Date.UTC(2026, 0, 1) };
    const requests = new PictureRequests(database, notifications, () => new Date(clock.milliseconds++));
    const collage = async () => (await store.create({ owner: '', prompt: 'a cat', options: {} })).record.id;
    const ask = (collageId: string, height = 100) =>
      requests.ask({ collageId, height, mediaType: 'image/png' }, AbortSignal.timeout(60_000));
    return { requests, store, collage, ask, clock };
  }

  it('say that their collage is unknown where it was deleted just before', async () => {
    const { ask } = await asking();
    const gone = newCollageId(0, (length) => Buffer.alloc(length));
    await expect(ask(gone)).rejects.toMatchObject({ reason: 'COLLAGE_UNKNOWN' });
  });

  it('are served though the drawing of one always fails unexpectedly, and that one is told of and given up', async () => {
    const { requests, collage, ask } = await asking();
    const [broken, well] = [await collage(), await collage()];
    const faults: [string, unknown][] = [];
    const stop = new AbortController();
    const bug = new TypeError('x is undefined');
    const asked = [ask(broken), ask(well)];
    const order: string[] = [];
    const serving = requests.serve(
      async ({ collageId }) => {
        order.push(collageId);
        if (collageId === broken) throw bug;
        return { digest: 'a'.repeat(64) };
      },
      stop.signal,
      ({ collageId }, error) => faults.push([collageId, error]),
    );
    const [failed, drawn] = await Promise.all(asked);
    stop.abort();
    await serving;
    expect(drawn).toEqual({ digest: 'a'.repeat(64) });
    expect(failed).toMatchObject({ failure: expect.stringContaining('unexpected') });
    expect(faults).toEqual(Array(3).fill([broken, bug]));
    // It did not come first again.
    expect(order.indexOf(well)).toBeLessThan(order.lastIndexOf(broken));
    expect(order).toHaveLength(4);
  });

  it('that failed unexpectedly are served again to who asks ten minutes later', async () => {
    const { requests, collage, ask, clock } = await asking();
    const id = await collage();
    const stop = new AbortController();
    let tries = 0;
    const serving = requests.serve(
      async () => {
        if (++tries <= 3) throw new Error('EIO: i/o error, read');
        return { digest: 'a'.repeat(64) };
      },
      stop.signal,
      () => {},
    );
    expect(await ask(id)).toMatchObject({ failure: expect.stringContaining('unexpected') });
    clock.milliseconds += 500_000;
    expect(await ask(id)).toMatchObject({ failure: expect.stringContaining('unexpected') });
    clock.milliseconds += 200_000;
    expect(await ask(id)).toEqual({ digest: 'a'.repeat(64) });
    stop.abort();
    await serving;
    expect(tries).toBe(4);
  });

  it.each([
    Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }),
    new BlobStoreError('BLOB_STORE_REFUSED', 'the key was renewed'),
  ])('wait for as long as an outage lasts, and are no faults: %s', async (outage) => {
    const { requests, collage, ask } = await asking();
    const id = await collage();
    const faults: unknown[] = [];
    const stop = new AbortController();
    let tries = 0;
    const serving = requests.serve(
      async () => {
        if (++tries < 2) throw outage;
        return { digest: 'a'.repeat(64) };
      },
      stop.signal,
      (_, error) => faults.push(error),
    );
    expect(await ask(id)).toEqual({ digest: 'a'.repeat(64) });
    stop.abort();
    await serving;
    expect([tries, faults]).toEqual([2, []]);
  });
});
