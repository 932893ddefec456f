import { Composer } from '@collage/inference/composer.js';
import type { InferenceConnection } from '@collage/inference/connection.js';
import { InferenceConnection as Connection } from '@collage/inference/connection.js';
import type { InferenceError } from '@collage/inference/inference-error.js';
import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { collect } from './collect.js';
import { brokenPhoto, type NamedPicture } from './pictures.js';
import { CutoutShelf, objective, sceneOf, threeDiscs } from './scenes.js';

/** What every CompositionService promises, climbing aside. */
export function describeComposition(connection: () => InferenceConnection): void {
  describe('composition', () => {
    let discs: NamedPicture[];
    let composer: Composer;

    beforeAll(async () => {
      discs = await threeDiscs();
      composer = new Composer(connection(), new CutoutShelf(discs).load);
    });

    it('is given the cut-outs it does not hold, and only those', async () => {
      const strangers = await threeDiscs(1);
      await composer.putCutouts([
        { cutoutDigest: strangers[0]!.digest, picture: strangers[0]!.picture, borders: undefined },
      ]);
      const shelf = new CutoutShelf(strangers);
      await new Composer(connection(), shelf.load).renderScene(sceneOf(strangers), 32);
      expect(shelf.loaded.sort()).toEqual([strangers[1]!.digest, strangers[2]!.digest].sort());
    });

    it('names every cut-out it does not hold, be they 300', async () => {
      const nowhere = Array.from({ length: 300 }, (_, index) => {
        const digest = createHash('sha256').update(`nowhere ${index}`).digest('hex');
        return { digest, picture: Buffer.alloc(0) };
      });
      const request = { scene: sceneOf(nowhere), heightPixels: 32 };
      const refused = connection().unary((_, done) => connection().composition.renderScene(request, done));
      await expect(refused).rejects.toMatchObject({ reason: 'UNKNOWN_CUTOUT', code: 'NOT_FOUND' });
      const { metadata } = (await refused.catch((error: unknown) => error)) as InferenceError;
      expect(metadata.digests!.split(',').sort()).toEqual(nowhere.map(({ digest }) => digest).sort());
    });

    it('refuses a cut-out that is no picture', async () => {
      const { digest, picture } = brokenPhoto();
      const refused = composer.putCutouts([{ cutoutDigest: digest, picture, borders: undefined }]);
      await expect(refused).rejects.toMatchObject({ reason: 'PICTURE_UNREADABLE', code: 'INVALID_ARGUMENT' });
    });

    it('refuses a scene that breaks the conventions, naming the field', async () => {
      const scene = sceneOf(discs);
      scene.layers[1]!.opacity = 2;
      await expect(composer.renderScene(scene, 32)).rejects.toMatchObject({
        reason: 'SCENE_INVALID',
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining('layers[1].opacity'),
      });
    });

    it('scores scenes in their order, each as if it were alone', async () => {
      const scenes = [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4].map((shift) => sceneOf(discs, shift));
      const look = { viewCount: 2, seed: 7 };
      const scored = await collect(composer.scoreScenes(objective, scenes, look));
      expect(scored.map(({ index }) => index)).toEqual(scenes.map((_, index) => index));
      for (const { score } of scored)
        expect(score.keyphraseSimilarities).toHaveLength(objective.keyphrases.length);
      for (const index of [8, 3]) {
        const [alone] = await collect(composer.scoreScenes(objective, [scenes[index]!], look));
        expect(alone!.score).toEqual(scored[index]!.score);
      }
      expect(new Set(scored.map(({ score }) => score.score)).size).toBeGreaterThan(1);
    });

    it('refuses to score against an empty prompt, naming it', async () => {
      const empty = { ...objective, prompt: '' };
      const refused = collect(composer.scoreScenes(empty, [sceneOf(discs)], { viewCount: 1, seed: 0 }));
      await expect(refused).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining('prompt'),
      });
    });

    it('renders a PNG as high as asked, its width from the aspect ratio', async () => {
      const scene = { ...sceneOf(discs), aspectRatio: 1.37 };
      for (const height of [1, 75, 256]) {
        const png = await composer.renderScene(scene, height);
        const metadata = await sharp(png).metadata();
        const { format, width, channels } = metadata;
        expect({ format, width, height: metadata.height, channels }).toEqual({
          format: 'png',
          width: Math.round(height * 1.37),
          height,
          channels: 3,
        });
      }
    });

    it('renders a scene alike every time', async () => {
      const [first, second] = [
        await composer.renderScene(sceneOf(discs), 90),
        await composer.renderScene(sceneOf(discs), 90),
      ];
      expect(second.equals(first)).toBe(true);
    });

    it('leaves a caller with little time a DEADLINE_EXCEEDED, and serves the next one', async () => {
      const hasty = new Connection(connection().address, { answerTimeoutMilliseconds: 1 });
      const render = new Composer(hasty, new CutoutShelf(discs).load).renderScene(sceneOf(discs), 2048);
      await expect(render).rejects.toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
      hasty.close();
      await composer.renderScene(sceneOf(discs), 16);
    });
  });
}
