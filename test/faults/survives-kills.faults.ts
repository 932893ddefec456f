import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { sidecarMissing } from '../contract/real-sidecar.js';
import { paintPhotos } from '../e2e/painted-photos.js';
import { proveKills } from './prove-kills.js';
import { startRealSidecar } from './sidecars.js';
import { smallAsk } from './small-recipe.js';
import { serviceMissing } from './test-service.js';

const missing = serviceMissing ?? sidecarMissing;
const MINUTES = 60_000;

describe.skipIf(missing)(`kill -9 (${missing ?? 'real sidecars'})`, () => {
  it('changes nothing in forty collages, sixty times', { timeout: 60 * MINUTES }, async () => {
    const photos = await mkdtemp(join(tmpdir(), 'faults-photos-'));
    await paintPhotos(photos, 8);
    const sidecars = await Promise.all([1, 2].map((index) => startRealSidecar(index)));
    try {
      await proveKills({
        asks: Array.from({ length: 40 }, (_, index) => smallAsk(index)),
        workers: 3,
        apis: 2,
        sidecars,
        photos,
        kills: { worker: 24, sidecar: 14, api: 10, database: 12 },
        seed: 2026,
      });
    } finally {
      await Promise.all(sidecars.map((sidecar) => sidecar.stop()));
      await rm(photos, { recursive: true });
    }
  });
});
