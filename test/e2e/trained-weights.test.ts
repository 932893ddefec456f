import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Collage, Collage_State as State } from '@collage/proto/collage/v1/collage.js';
import { describe, expect, it } from 'vitest';
import { paintPhotos } from './painted-photos.js';
import { canRun, runCli } from './run-cli.js';

const { CLIP_MODEL, GROIE_CHECKPOINT } = process.env;
const small =
  '--cutouts 4 --layouts 5 --variations 7 --iterations 3 --background-iterations 2 --size 320x200';

/** What `random-weights.test.ts` does, with trained weights: of whichever of the two models a setting names. */
describe('a small collage by trained weights', { timeout: 1_800_000 }, () => {
  const models: { setting: string; file?: string; chosen: Record<string, string> }[] = [
    { setting: 'CLIP_MODEL', file: CLIP_MODEL, chosen: { PERCEPTOR: 'clip' } },
    { setting: 'GROIE_CHECKPOINT', file: GROIE_CHECKPOINT, chosen: { SEGMENTER: 'groie' } },
  ];
  for (const { setting, file, chosen } of models) {
    if (!canRun || !file) {
      it.skip(`of ${setting}: it names none`, () => {});
      continue;
    }
    it(`of ${setting} ends well and says so`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'trained-weights-'));
      try {
        await paintPhotos(join(folder, 'photos'), 3);
        const places = ['--photos', join(folder, 'photos'), '--out', join(folder, 'out'), '--seed', '5'];
        const args = ['a red disk', ...places, ...small.split(' ')];
        const { code, stdout, stderr } = await runCli(args, join(folder, 'data'), {
          ...chosen,
          [setting]: file,
        });
        expect(stdout + stderr).toContain('collage.png');
        expect(code).toBe(0);
        const recipe = join(folder, 'out', 'a-red-disk-5', 'collage.json');
        expect(existsSync(recipe)).toBe(true);
        const { state, models: used } = Collage.fromJSON(JSON.parse(readFileSync(recipe, 'utf8')));
        expect(state).toBe(State.SUCCEEDED);
        const model = setting === 'CLIP_MODEL' ? used!.perceptor! : used!.segmenter!;
        expect(model.name).toContain(setting === 'CLIP_MODEL' ? 'clip' : 'groie');
        expect(model.weightsAreRandom).toBe(false);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});
