import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Collage } from '@collage/proto/collage/v1/collage.js';
import { paintPhotos } from './painted-photos.js';
import { canRun, runCli } from './run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'collage-in-time-'));
const photos = join(folder, 'photos');
const small = '--cutouts 3 --size 240x160 --quality draft'.split(' ');

async function make(out: string, ...more: string[]): Promise<{ collage: Collage; picture: Buffer }> {
  const args = ['disks', '--photos', photos, '--out', join(folder, out), ...small, ...more];
  const end = await runCli(args, join(folder, 'data'));
  expect(end.code, end.stderr).toBe(0);
  const file = (name: string) => readFileSync(join(folder, out, 'disks-1', name));
  return {
    collage: Collage.fromJSON(JSON.parse(file('collage.json').toString())),
    picture: file('collage.png'),
  };
}

describe.skipIf(!canRun)('a collage made in a given time', { timeout: 300_000 }, () => {
  beforeAll(() => paintPhotos(photos, 4));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('keeps to it, says what was done in it, and replays from that without a clock', async () => {
    const timed = await make('timed', '--seconds', '4');
    const options = timed.collage.options!;
    const { timeBudgetSeconds, layoutCount } = options;
    expect(timeBudgetSeconds).toBe(4);
    expect(layoutCount).toBeGreaterThanOrEqual(8);
    expect(layoutCount).toBeLessThan(2000);
    const counts = {
      '--layouts': layoutCount,
      '--variations': options.variationCount,
      '--iterations': options.iterationCount,
      '--background-iterations': options.backgroundIterationCount,
    };
    // In the recipe -1 means none.
    const asked = Object.entries(counts).flatMap(([name, count]) => [name, `${Math.max(0, count)}`]);
    const again = await make('again', ...asked);
    expect(again.picture.equals(timed.picture)).toBe(true);
    expect({ ...again.collage, options: undefined }).toEqual({ ...timed.collage, options: undefined });
  });
});
