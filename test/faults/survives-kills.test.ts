import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { paintPhotos } from '../e2e/painted-photos.js';
import { proveKills } from './prove-kills.js';
import { startFakeSidecars } from './sidecars.js';
import { smallAsk } from './small-recipe.js';
import { serviceMissing } from './test-service.js';

/** The short form of survives-kills.faults.ts, on fake sidecars. */
describe.skipIf(serviceMissing)(`kill -9, in short (${serviceMissing ?? 'fake sidecars'})`, () => {
  it('changes nothing in eight collages', { timeout: 240_000 }, async () => {
    const photos = await mkdtemp(join(tmpdir(), 'faults-photos-'));
    await paintPhotos(photos, 8);
    const sidecars = await startFakeSidecars(2, 40);
    try {
      await proveKills({
        asks: Array.from({ length: 8 }, (_, index) => smallAsk(index)),
        workers: 2,
        apis: 1,
        sidecars,
        photos,
        kills: { worker: 4, sidecar: 2, api: 2, database: 2 },
        seed: 7,
      });
    } finally {
      const wrong = await sidecars.stop();
      await rm(photos, { recursive: true });
      expect(wrong).toEqual([]);
    }
  });
});
