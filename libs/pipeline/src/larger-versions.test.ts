import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobStoreError } from '@collage/blobs/blob-store-error.js';
import type { Blobs } from '@collage/blobs/blobs.js';
import { sha256Hex } from '@collage/blobs/blob-store.js';
import { openStores } from '@collage/blobs/open-stores.js';
import type { Timer } from '@collage/photos/in-time.js';
import type { PhotoSource } from '@collage/photos/photo-source.js';
import { ManualClock } from '@collage/photos/testing/manual-clock.js';
import { picture } from '@collage/photos/testing/pictures.js';
import type { CollageEvent_Skipped } from '@collage/proto/collage/v1/collage.js';
import { Photo } from '@collage/proto/collage/v1/photo.js';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { failingBlobs } from './testing/failing-blobs.js';
import { DEFAULT_LARGER_PATIENCE } from './larger-patience.js';
import { largerVersions } from './larger-versions.js';
import type { WantedLarger } from './wanted-larger.js';

const small = { width: 400, height: 320 };
const large = { width: 800, height: 640 };

describe('largerVersions', () => {
  const folder = mkdtempSync(join(tmpdir(), 'larger-versions-'));
  const { blobs } = openStores('', folder);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function wantedOf(source: string, ...seeds: number[]): Promise<WantedLarger[]> {
    return Promise.all(
      seeds.map(async (seed) => {
        const digest = await blobs.put(await picture(seed, small));
        const photo = Photo.fromPartial({ digest, source, sourceId: `${seed}`, ...small });
        return { photo, cutouts: [], cutFrom: small, width: 800 };
      }),
    );
  }

  /** Has the larger versions, until it comes to the photo that it is `stuckAt`. */
  function source(name: string, stuckAt?: string) {
    const asked: { photoSeconds?: number; signal?: AbortSignal }[] = [];
    let isStuck = () => {};
    const stuck = new Promise<void>((resolve) => (isStuck = resolve));
    const source: PhotoSource = {
      name,
      async *find() {},
      async *larger(wishes, signal, limit) {
        asked.push({ signal, photoSeconds: limit?.photoSeconds });
        for (const { photo } of wishes) {
          if (photo.sourceId === stuckAt) {
            isStuck();
            // Deaf: it does not look at the signal.
            await new Promise(() => {});
          }
          const bytes = await picture(Number(photo.sourceId), large);
          yield { kind: 'larger', photo, digest: sha256Hex(bytes), width: 800, bytes: async () => bytes };
        }
      },
    };
    return { source, asked, stuck };
  }

  async function run(wanted: WantedLarger[], sources: PhotoSource[], clock: Timer, store: Blobs = blobs) {
    const skips: CollageEvent_Skipped[] = [];
    const largerPatience = { photoSeconds: 7, totalSeconds: 30, clock };
    const versions = largerVersions(wanted, { sources, blobs: store, largerPatience });
    let step = await versions.next();
    while (!step.done) {
      if (step.value.$case === 'skipped') skips.push(step.value.value);
      step = await versions.next();
    }
    return { names: step.value.map(({ wanted: { photo } }) => photo.sourceId), skips };
  }

  it('are waited for no longer than all may take; those that came count, and the others are named', async () => {
    const clock = new ManualClock();
    const [slow, later] = [source('slow', '3'), source('later')];
    const wanted = [...(await wantedOf('slow', 1, 2, 3, 4)), ...(await wantedOf('later', 5))];
    const running = run(wanted, [slow.source, later.source], clock);
    await slow.stuck;
    await clock.pass(29);
    expect(slow.asked[0]!.signal!.aborted).toBe(false);
    await clock.pass(1);
    const { names, skips } = await running;
    expect(names).toEqual(['1', '2']);
    expect(skips.map(({ reason, name }) => `${reason} ${name}`)).toEqual(
      ['3', '4', '5'].map((name) => `LARGER_TIMED_OUT ${name}`),
    );
    expect(skips[0]!.detail).toContain('30 s');
    expect(slow.asked[0]!.signal!.aborted).toBe(true);
    expect(later.asked).toEqual([]);
  });

  it('are not said to be late where there are none, of which the source has told in time', async () => {
    const clock = new ManualClock();
    const { source: slow, stuck } = source('slow', '3');
    const slower: PhotoSource = {
      ...slow,
      async *larger([first, ...others], signal, limit) {
        yield { kind: 'largest', photo: first!.photo };
        yield* slow.larger!(others, signal, limit);
      },
    };
    const running = run(await wantedOf('slow', 1, 2, 3), [slower], clock);
    await stuck;
    await clock.pass(30);
    const { names, skips } = await running;
    expect(names).toEqual(['2']);
    expect(skips.map(({ reason, name }) => `${reason} ${name}`)).toEqual(['LARGER_TIMED_OUT 3']);
  });

  it('are waited for as long where the clock of the system is set meanwhile', async () => {
    const { source: quick } = source('quick');
    const jumping: PhotoSource = {
      ...quick,
      async *larger(wishes, signal, limit) {
        vi.setSystemTime(Date.now() + 86_400_000);
        yield* quick.larger!(wishes, signal, limit);
      },
    };
    try {
      const wanted = await wantedOf('quick', 1, 2);
      const { names, skips } = await run(wanted, [jumping], DEFAULT_LARGER_PATIENCE.clock);
      expect([names, skips]).toEqual([['1', '2'], []]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('are not skipped for an outage of the blob store', async () => {
    const wanted = await wantedOf('quick', 1);
    const away = new BlobStoreError('BLOB_STORE_UNREACHABLE', 'the store is away');
    const broken = failingBlobs(blobs, 'put', away);
    await expect(run(wanted, [source('quick').source], new ManualClock(), broken)).rejects.toBe(away);
  });

  it('are asked for with the time that each may take', async () => {
    const { source: quick, asked } = source('quick');
    const { names, skips } = await run(await wantedOf('quick', 1, 2), [quick], new ManualClock());
    expect(names).toEqual(['1', '2']);
    expect(skips).toEqual([]);
    expect(asked).toEqual([expect.objectContaining({ photoSeconds: 7 })]);
  });
});
