import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paintPhotos } from './painted-photos.js';
import { canRun, childrenOf, isRunning, startCli } from './run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'collage-short-'));
const photos = join(folder, 'photos');
const long =
  '--layouts 4 --variations 7 --iterations 5000 --background-iterations 1 --size 120x80 --json'.split(' ');

function start(name: string) {
  return startCli(['disks', '--photos', photos, '--out', join(folder, name), ...long], join(folder, 'data'));
}
async function gone(pids: number[]): Promise<boolean> {
  for (let tries = 0; tries < 100 && pids.some(isRunning); tries++) await sleep(100);
  return !pids.some(isRunning);
}

describe.skipIf(!canRun)('a run cut short', { timeout: 180_000 }, () => {
  beforeAll(() => paintPhotos(photos, 3));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('by Ctrl-C says so, ends with 130 and leaves no sidecar behind', async () => {
    const run = start('interrupted');
    await run.printed('"optimized"');
    const sidecars = childrenOf(run.process.pid!);
    expect(sidecars.length).toBeGreaterThan(0);
    process.kill(-run.process.pid!, 'SIGINT');
    const end = await run.ended;
    expect(end.code).toBe(130);
    expect(end.stderr).toContain('Cancelled');
    expect(await gone(sidecars)).toBe(true);
  });

  it('by the death of the sidecar says so in one line with what to do, and ends with 4', async () => {
    const run = start('orphaned');
    await run.printed('"optimized"');
    const sidecars = childrenOf(run.process.pid!);
    for (const pid of sidecars) process.kill(pid, 'SIGKILL');
    const end = await run.ended;
    expect(end.code).toBe(4);
    const last = end.stderr.trimEnd().split('\n').at(-1)!;
    expect(last).toMatch(/sidecar.*(SIGKILL|died)/);
    expect(end.stderr).not.toContain('    at ');
  });

  it('by kill -9 leaves no sidecar behind', async () => {
    const run = start('killed');
    await run.printed('"optimized"');
    const sidecars = childrenOf(run.process.pid!);
    expect(sidecars.length).toBeGreaterThan(0);
    run.process.kill('SIGKILL');
    await run.ended;
    expect(await gone(sidecars)).toBe(true);
  });
});
