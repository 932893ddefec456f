import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Collage, Collage_State as State } from '@collage/proto/collage/v1/collage.js';
import { validateScene } from '@collage/scene/validate-scene.js';
import { paintPhotos } from './painted-photos.js';
import { canRun, runCli, type CliEnd } from './run-cli.js';

const small =
  '--cutouts 4 --layouts 5 --variations 7 --iterations 3 --background-iterations 2 --size 320x200'.split(' ');

describe.skipIf(!canRun)(
  'a collage from a folder of photos, through the real sidecar',
  { timeout: 300_000 },
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'collage-'));
    const made = join(folder, 'out', 'a-red-disk-and-a-blue-disk-5');
    let end: CliEnd;

    function run(out: string, ...more: string[]): Promise<CliEnd> {
      const args = [
        'a red disk and a blue disk',
        '--photos',
        join(folder, 'photos'),
        '--seed',
        '5',
        '--out',
        out,
      ];
      return runCli([...args, ...small, ...more], join(folder, 'data'));
    }
    const read = (name: string, where = made) => readFileSync(join(where, name));

    beforeAll(async () => {
      await paintPhotos(join(folder, 'photos'), 6);
      end = await run(join(folder, 'out'), '--json');
    }, 300_000);
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it('ends well and writes the picture, the recipe, the credits and the pictures of the steps', () => {
      expect(end.stderr).toContain('collage.png');
      expect(end.code).toBe(0);
      expect(readdirSync(made).sort()).toEqual([
        'collage.json',
        'collage.png',
        'credits.html',
        'credits.json',
        'credits.md',
        'credits.txt',
        'steps',
      ]);
      expect(readdirSync(join(made, 'steps')).sort()).toEqual([
        '1-photos.png',
        '2-cutouts.png',
        '3-background.png',
        '4-layouts.png',
        '5-iterations.png',
      ]);
    });

    it('makes the picture at the size asked for', async () => {
      const { width, height, format } = await sharp(join(made, 'collage.png')).metadata();
      expect({ width, height, format }).toEqual({ width: 320, height: 200, format: 'png' });
    });

    it('writes a recipe that says all: prompt, options, models, photos, cut-outs, scene, scores, license', () => {
      const collage = Collage.fromJSON(JSON.parse(read('collage.json').toString()));
      expect(collage.state).toBe(State.SUCCEEDED);
      expect(collage.options).toMatchObject({
        seed: 5,
        layoutCount: 5,
        iterationCount: 3,
        heightPixels: 200,
      });
      expect(collage.models?.perceptor?.digest).toMatch(/^[0-9a-f]{64}$/);
      expect(collage.models?.segmenter?.digest).toMatch(/^[0-9a-f]{64}$/);
      validateScene(collage.scene!);
      const cutouts = collage.cutouts.map(({ digest }) => digest);
      expect(collage.scene!.layers.length).toBeGreaterThan(0);
      for (const layer of collage.scene!.layers) expect(cutouts).toContain(layer.cutoutDigest);
      expect(collage.score).toBeGreaterThanOrEqual(collage.startScore);
      expect(collage.license?.license?.id).toBe('CC-BY-4.0');
    });

    it('says which perceptor ranked every photo and cut-out and scored every layout', () => {
      const { photos, cutouts, layouts, models } = Collage.fromJSON(
        JSON.parse(read('collage.json').toString()),
      );
      const { name: modelName, digest: modelDigest } = models!.perceptor!;
      const numbers = [...photos, ...cutouts].map(({ ranking }) => ranking);
      for (const each of [...numbers, ...layouts.map(({ score }) => score)]) {
        expect(each).toMatchObject({ modelName, modelDigest });
      }
    });

    it('says how good it is, by a model that was climbed against and by one that was not', () => {
      const { evaluation, models, scene } = Collage.fromJSON(JSON.parse(read('collage.json').toString()));
      expect(evaluation!.perceptor).toEqual(models!.perceptor);
      expect(evaluation!.heldOutPerceptor!.digest).not.toBe(models!.perceptor!.digest);
      expect(evaluation!.visibleShares).toHaveLength(scene!.layers.length);
      const named = `models: seen by starter (${models!.perceptor!.revision}), cut by u2netp (`;
      expect(read('credits.txt').toString()).toContain('seen by starter (efficientnet-lite');
      for (const words of ['judged by starter-lite2', 'overfit index', 'mirror guard', named]) {
        expect(end.stderr).toContain(words);
      }
    });

    it('credits every visible photo with its author, license and changes', () => {
      const { credits } = Collage.fromJSON(JSON.parse(read('credits.json').toString()));
      expect(credits.length).toBeGreaterThan(0);
      for (const credit of credits) {
        expect(credit).toMatchObject({ author: 'A Painter', license: { id: 'CC-BY-4.0' } });
        expect(credit.changes).toMatch(/^cut out, scaled/);
        expect(credit.visibleShare).toBeGreaterThan(0);
        expect(read('credits.txt').toString()).toContain(credit.title);
      }
    });

    it('tells everything as JSON lines, numbered without gaps, and nothing else on standard output', () => {
      const events = end.stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { sequence: number; optimized?: { state: string } });
      expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
      const kinds = new Set(events.flatMap((event) => Object.keys(event)));
      for (const kind of [
        'keyphrasesFound',
        'photosFound',
        'cutoutsFound',
        'backgroundFitted',
        'layoutsScored',
        'evaluated',
      ]) {
        expect(kinds).toContain(kind);
      }
      // One round of variations, then the steps of the climb.
      const optimized = events.flatMap(({ optimized }) => (optimized ? [optimized.state] : []));
      expect(optimized).toEqual(['STATE_ARRANGING', ...Array<string>(3).fill('STATE_OPTIMIZING')]);
      expect(Object.keys(events.at(-1)!)).toContain('succeeded');
    });

    it('makes the same bytes from the same seed and photos, with and without its caches', async () => {
      const again = join(folder, 'again');
      await run(again);
      rmSync(join(folder, 'data'), { recursive: true });
      const cold = join(folder, 'cold');
      await run(cold);
      for (const out of [again, cold]) {
        const where = join(out, 'a-red-disk-and-a-blue-disk-5');
        for (const name of ['collage.json', 'collage.png', 'credits.txt']) {
          expect(read(name, where).equals(read(name)), `${out} ${name}`).toBe(true);
        }
      }
    });
  },
);
