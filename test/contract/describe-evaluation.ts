import { Composer } from '@collage/inference/composer.js';
import type { InferenceConnection } from '@collage/inference/connection.js';
import type { SceneEvaluation } from '@collage/proto/collage/v1/composition_service.js';
import { beforeAll, describe, expect, it } from 'vitest';
import type { NamedPicture } from './pictures.js';
import { CutoutShelf, objective, sceneOf, threeDiscs } from './scenes.js';

/** What every EvaluateScene promises. */
export function describeEvaluation(connection: () => InferenceConnection): void {
  // The first judgement also loads the model that judges.
  describe('evaluation', { timeout: 120_000 }, () => {
    let discs: NamedPicture[];
    let shelf: CutoutShelf;
    let composer: Composer;
    let evaluation: SceneEvaluation;

    // Each judgement takes the real sidecar some seconds: the tests share them.
    beforeAll(async () => {
      discs = await threeDiscs(2);
      shelf = new CutoutShelf(discs);
      composer = new Composer(connection(), shelf.load);
      evaluation = await composer.evaluateScene(objective, sceneOf(discs), 1);
    }, 120_000);

    it('is given the cut-outs it does not hold', () => {
      expect(shelf.loaded.sort()).toEqual(discs.map(({ digest }) => digest).sort());
    });

    it('judges by two models and says something of every layer', () => {
      const digests = [evaluation.perceptor!.digest, evaluation.heldOutPerceptor!.digest];
      for (const digest of digests) expect(digest).toMatch(/^[0-9a-f]{64}$/);
      expect(new Set(digests).size).toBe(2);
      expect(evaluation.contributions).toHaveLength(3);
      expect(evaluation.visibleShares).toHaveLength(3);
      for (const similarity of [evaluation.similarity, evaluation.heldOutSimilarity]) {
        expect(Math.abs(similarity)).toBeLessThanOrEqual(1);
      }
      const { lift, heldOutLift, overfitIndex, mirrorDrop, contributions } = evaluation;
      for (const number of [lift, heldOutLift, overfitIndex, mirrorDrop, ...contributions]) {
        expect(Number.isFinite(number)).toBe(true);
      }
      for (const share of [...evaluation.visibleShares, evaluation.offCanvasShare, evaluation.blankShare]) {
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(1);
      }
      expect(overfitIndex).toBeCloseTo(lift > 0 ? 1 - heldOutLift / lift : 0, 6);
    });

    it('judges by the perceptor that scores', async () => {
      const look = { viewCount: 1, seed: 1 };
      for await (const { score } of composer.scoreScenes(objective, [sceneOf(discs)], look)) {
        expect(evaluation.similarity).toBeCloseTo(score.promptSimilarity, 4);
      }
    });

    it('says the same of the same scene, and compares with other layouts for another seed', async () => {
      expect(await composer.evaluateScene(objective, sceneOf(discs), 1)).toEqual(evaluation);
      const other = await composer.evaluateScene(objective, sceneOf(discs), 2);
      expect(other.similarity).toBe(evaluation.similarity);
      expect(other.lift).not.toBe(evaluation.lift);
    });

    it('sees what is hidden, what is off the canvas and what is blank', async () => {
      const scene = sceneOf(discs);
      const heights = [0.2, 0.8, 0.4];
      for (const [index, layer] of scene.layers.entries()) {
        // The first behind the second, the third far away.
        const centerX = index < 2 ? 0.75 : -9;
        const placement = { centerX, centerY: 0.5, height: heights[index]!, rotationDegrees: 0 };
        Object.assign(layer, { placement, opacity: 1 });
      }
      const { visibleShares, offCanvasShare, blankShare } = await composer.evaluateScene(objective, scene, 1);
      expect(visibleShares[0]).toBeLessThan(0.05);
      expect(visibleShares[1]).toBeGreaterThan(0.95);
      expect(visibleShares[2]).toBe(0);
      expect(offCanvasShare).toBeCloseTo(0.4 ** 2 / (0.2 ** 2 + 0.8 ** 2 + 0.4 ** 2), 2);
      // A disc, or the rectangle around it, of 0.8 x 1.2.
      expect(blankShare).toBeGreaterThan(0.3);
      expect(blankShare).toBeLessThan(0.55);
    });

    it('refuses a scene without layers, naming it', async () => {
      await expect(composer.evaluateScene(objective, sceneOf([]), 1)).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining('scene.layers'),
      });
    });

    it('stops when it is cancelled, and serves the next call', async () => {
      const cancelling = new AbortController();
      const judging = composer.evaluateScene(objective, sceneOf(discs), 1, cancelling.signal);
      cancelling.abort();
      await expect(judging).rejects.toMatchObject({ reason: 'CANCELLED' });
      await composer.renderScene(sceneOf(discs), 16);
    });
  });
}
