import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Collage } from '@collage/proto/collage/v1/collage.js';
import { paintPhotos } from './painted-photos.js';
import { canRun, runCli } from './run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'collage-stop-'));
const data = join(folder, 'data');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!canRun)('--stop-after', { timeout: 180_000 }, () => {
  it('keyphrases needs neither a sidecar nor photos', async () => {
    const args = ['penguins skiing down a snowy mountain', '--stop-after', 'keyphrases', '--out', folder];
    const end = await runCli(args, data, { INFERENCE_ADDRESSES: '127.0.0.1:1' });
    expect(end.code, end.stderr).toBe(0);
    const recipe = readFileSync(
      join(folder, 'penguins-skiing-down-a-snowy-mountain-1-keyphrases', 'collage.json'),
      'utf8',
    );
    const { keyphrases } = Collage.fromJSON(JSON.parse(recipe));
    expect(keyphrases.map(({ text, weight }) => [text, weight])).toEqual([
      ['penguins skiing', 0.5],
      ['snowy mountain', 0.5],
    ]);
  });

  it('cutouts writes what was found until then and no picture', async () => {
    await paintPhotos(join(folder, 'photos'), 3);
    const args = ['disks', '--photos', join(folder, 'photos'), '--stop-after', 'cutouts', '--out', folder];
    const end = await runCli(args, data);
    expect(end.code, end.stderr).toBe(0);
    const made = join(folder, 'disks-1-cutouts');
    const collage = Collage.fromJSON(JSON.parse(readFileSync(join(made, 'collage.json'), 'utf8')));
    expect(collage.cutouts.length).toBeGreaterThan(0);
    expect(collage.scene).toBeUndefined();
    expect(existsSync(join(made, 'steps/2-cutouts.png'))).toBe(true);
    expect(existsSync(join(made, 'collage.png'))).toBe(false);
  });
});
