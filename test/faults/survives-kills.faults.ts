import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sidecarMissing } from '../contract/real-sidecar.js';
import { paintPhotos } from '../e2e/painted-photos.js';
import { proveKills } from './prove-kills.js';
import { startFakeSidecars, startRealSidecars, type TestSidecars } from './sidecars.js';
import { smallAsk } from './small-recipe.js';
import { serviceMissing } from './test-service.js';

const MINUTES = 60_000;
const CASES = [
  { name: 'fake sidecars', missing: serviceMissing, start: () => startFakeSidecars(2, 300) },
  { name: 'real sidecars', missing: serviceMissing ?? sidecarMissing, start: () => startRealSidecars(2) },
];

describe.each(CASES)('kill -9, with $name', ({ missing, start }) => {
  if (missing) return it.skip(missing, () => {});

  let photos: string;
  let sidecars: TestSidecars;
  beforeAll(async () => {
    photos = await mkdtemp(join(tmpdir(), 'faults-photos-'));
    await paintPhotos(photos, 8);
    sidecars = await start();
  });
  afterAll(async () => {
    await rm(photos, { recursive: true });
    expect(await sidecars.stop()).toEqual([]);
  });

  it('changes nothing in forty collages, sixty times', { timeout: 90 * MINUTES }, () =>
    proveKills({
      asks: Array.from({ length: 40 }, (_, index) => smallAsk(index)),
      workers: 3,
      apis: 2,
      sidecars,
      photos,
      kills: { worker: 24, sidecar: 14, api: 10, database: 12 },
      seed: 2026,
    }),
  );
});
