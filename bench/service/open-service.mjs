import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromTests } from './from-tests.mjs';

const [tests, sidecars, { CollagesClient }, { paintPhotos }, recipe] = await fromTests(
  'test/faults/test-service.ts',
  'test/faults/sidecars.ts',
  'test/faults/collages-client.ts',
  'test/e2e/painted-photos.ts',
  'test/faults/small-recipe.ts',
);
const { serviceMissing, TestService } = tests;

/** Ends the bench, saying so, where the service can't run. */
export function skipWithoutService() {
  if (!serviceMissing) return;
  console.log(`skipped: ${serviceMissing}`);
  process.exit(0);
}

/** Eight painted photos in a folder of their own; it is the caller's to remove. */
export async function paintedPhotos() {
  const folder = mkdtempSync(join(tmpdir(), 'bench-photos-'));
  await paintPhotos(folder, 8);
  return folder;
}

/** See test/faults/sidecars.ts and small-recipe.ts. */
export const { startFakeSidecars, startRealSidecars } = sidecars;
export const { smallAsk } = recipe;

/**
 * The service as processes of this machine, on an embedded PostgreSQL.
 *
 * @param settings of test/faults/test-service.ts
 * @returns it, a client of its API, the ids of all its processes (PostgreSQL's too), and what ends it: that throws where
 *   something of it crashed or is left
 */
export async function openService(settings) {
  const service = await TestService.start({ apis: 1, ...settings });
  return {
    service,
    client: new CollagesClient(service.addresses),
    processIds: () => service.left().map((line) => Number.parseInt(line, 10)),
    async close() {
      const crashes = service.programs.flatMap((program) => program.crashes);
      const wrong = [...(await service.stop()), ...crashes];
      await service.remove();
      if (wrong.length > 0) throw new Error(`The service did not end well: ${wrong.join('; ')}`);
    },
  };
}

/** Runs a bench on photos and sidecars of its own, and ends them however it ended. */
export async function withSidecars(starting, run) {
  const photos = await paintedPhotos();
  let sidecars;
  try {
    sidecars = await starting();
    return await run(sidecars, photos);
  } finally {
    await sidecars?.stop();
    rmSync(photos, { recursive: true, force: true });
  }
}
