import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { Collage, Collage_State as State } from '@collage/proto/collage/v1/collage.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { python, root } from '../contract/real-sidecar.js';
import { paintPhotos } from './painted-photos.js';
import { canRun, runCli, type CliEnd } from './run-cli.js';

const small =
  '--cutouts 4 --layouts 5 --variations 7 --iterations 3 --background-iterations 2 --size 320x200';
const missing = canRun && hasGroie() ? '' : 'GRoIE is not installed: npm run groie:install';

/**
 * The article's two models through the production loaders, CLIP from a directory and GRoIE from a checkpoint in the official
 * layout. The weights are random and say so: what they see means nothing, every line that runs them is the product's.
 */
describe('a collage by CLIP and GRoIE of random weights', { timeout: 600_000 }, () => {
  if (missing) return it.skip(missing, () => {});

  const folder = mkdtempSync(join(tmpdir(), 'random-weights-'));
  let end: CliEnd;
  let collage: Collage;

  beforeAll(async () => {
    const [clip, groie] = [join(folder, 'clip'), join(folder, 'groie.pth')];
    runPython('-m', 'tests.embedding.random_clip', clip);
    runPython('tests/random_weights/make_groie.py', groie);
    await paintPhotos(join(folder, 'photos'), 3);
    const args = [
      'a red disk',
      '--photos',
      join(folder, 'photos'),
      '--out',
      join(folder, 'out'),
      '--seed',
      '5',
    ];
    end = await runCli([...args, ...small.split(' ')], join(folder, 'data'), {
      PERCEPTOR: 'clip',
      CLIP_MODEL: clip,
      SEGMENTER: 'groie',
      GROIE_CHECKPOINT: groie,
    });
    const file = join(folder, 'out', 'a-red-disk-5', 'collage.json');
    if (existsSync(file)) collage = Collage.fromJSON(JSON.parse(readFileSync(file, 'utf8')));
  }, 600_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('ends well, with a picture of the size asked for', async () => {
    expect(end.stdout + end.stderr).toContain('collage.png');
    expect(end.code).toBe(0);
    const { width, height } = await sharp(join(folder, 'out', 'a-red-disk-5', 'collage.png')).metadata();
    expect({ width, height }).toEqual({ width: 320, height: 200 });
  });

  it('says in the recipe which models made it and that their weights are random', () => {
    expect(collage.state).toBe(State.SUCCEEDED);
    const { perceptor, segmenter } = collage.models!;
    expect(perceptor).toMatchObject({ name: 'clip', weightsAreRandom: true });
    expect(segmenter).toMatchObject({ name: 'groie+u2netp', weightsAreRandom: true });
    expect(collage.evaluation!.heldOutPerceptor).toMatchObject({ name: 'starter', weightsAreRandom: false });
  });

  it('tells people too', () => {
    for (const words of ['seen by clip', 'groie+u2netp', 'random weights', 'judged by starter'])
      expect(end.stdout + end.stderr).toContain(words);
  });

  it('is made of what the network cut out of the three photos, or of two', () => {
    expect(collage.photos.length).toBeLessThanOrEqual(3);
    expect(collage.scene!.layers.length).toBeGreaterThan(0);
    expect(collage.options!.layoutCount).toBe(5);
  });
});

function hasGroie(): boolean {
  try {
    execFileSync(python, ['-c', 'import mmdet.models'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function runPython(...args: string[]): void {
  execFileSync(python, args, {
    cwd: join(root, 'python-inference'),
    env: { ...process.env, PYTHONPATH: '.:gen', OMP_NUM_THREADS: '1' },
    stdio: 'pipe',
  });
}
