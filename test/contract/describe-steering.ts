import { Composer } from '@collage/inference/composer.js';
import type { InferenceConnection } from '@collage/inference/connection.js';
import {
  type OptimizeOptions,
  type Steer,
  StopReason,
} from '@collage/proto/collage/v1/composition_service.js';
import type { Placement } from '@collage/proto/collage/v1/scene.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { discCutout, type NamedPicture } from './pictures.js';
import { CutoutShelf, sceneOf, threeDiscs } from './scenes.js';
import {
  type Action,
  add,
  at,
  ban,
  corner,
  everything,
  follow,
  hide,
  layerOf,
  layout,
  move,
  pin,
  setWeight,
  show,
  startOf,
  stop,
  unpin,
} from './steers.js';

/** What every OptimizeScene promises to the person watching. */
export function describeSteering(connection: () => InferenceConnection): void {
  describe('steering', () => {
    let discs: NamedPicture[];
    let stranger: NamedPicture;
    let composer: Composer;

    beforeAll(async () => {
      discs = await threeDiscs();
      stranger = await discCutout('navy');
      composer = new Composer(connection(), new CutoutShelf([...discs, stranger]).load);
    });

    const begin = (steers: Steer[], options: Partial<OptimizeOptions> = {}, parameters = layout) =>
      composer.optimizeScene(startOf(discs, steers, options, parameters));
    const climb = (steers: Steer[], options: Partial<OptimizeOptions> = {}, parameters = layout) =>
      follow(begin(steers, options, parameters));

    it('keeps a pinned layer to the bit, wherever it was, until it is unpinned', async () => {
      const { steps } = await climb([at(2, pin(1)), at(4, unpin(1))], {}, everything);
      for (const step of [3, 4]) expect(layerOf(steps[step]!, 1)).toEqual(layerOf(steps[2]!, 1));
      expect(layerOf(steps[3]!, 0)).not.toEqual(layerOf(steps[2]!, 0));
      expect(layerOf(steps[5]!, 1)).not.toEqual(layerOf(steps[4]!, 1));
    });

    it('never touches what was pinned before the first step', async () => {
      const { steps, result } = await climb([at(0, pin(0))], {}, everything);
      for (const message of [...steps.slice(1), result])
        expect(layerOf(message, 0)).toEqual(sceneOf(discs).layers[0]);
    });

    it('puts a layer where it is told, and climbs on from there', async () => {
      const { steps, result } = await climb([at(3, move(2, corner))]);
      const there = layerOf(steps[4]!, 2).placement!;
      // The fake goes a tenth of the way to where it wants a cut-out in one step.
      expect(Math.hypot(there.centerX - corner.centerX, there.centerY - corner.centerY)).toBeLessThan(0.15);
      expect(there).not.toEqual(corner);
      expect(result.bestStep).toBeGreaterThanOrEqual(3);
    });

    it('leaves a moved layer exactly there when it is pinned', async () => {
      const { steps, result } = await climb([at(0, pin(2)), at(3, move(2, corner))]);
      for (const message of [...steps.slice(4), result])
        expect(layerOf(message, 2).placement).toEqual(corner);
    });

    it('leaves a hidden layer out until it is shown', async () => {
      const { steps } = await climb([at(1, hide(1)), at(4, show(1))]);
      expect(steps.slice(1).map(({ layerIndices }) => layerIndices)).toEqual([
        [0, 1, 2],
        [0, 2],
        [0, 2],
        [0, 2],
        [0, 1, 2],
        [0, 1, 2],
      ]);
      for (const { scene, layerIndices } of steps.slice(1)) {
        const digests = layerIndices.map((index) => discs[index]!.digest);
        expect(scene!.layers.map(({ cutoutDigest }) => cutoutDigest)).toEqual(digests);
      }
    });

    it('removes a banned cut-out for good', async () => {
      const steers = [at(1, ban(discs[1]!.digest)), at(2, show(1)), at(3, add(sceneOf(discs).layers[1]!))];
      const { steps, result } = await climb(steers);
      for (const { layerIndices } of [...steps.slice(2), result]) expect(layerIndices).toEqual([0, 2]);
      for (const step of [3, 4]) {
        expect(steps[step]!.refusedSteers).toMatchObject([{ reason: 'STEER_INVALID' }]);
        expect(steps[step]!.refusedSteers[0]!.message).toContain('not banned');
      }
    });

    it('adds a layer on top, whose cut-out is put by the way', async () => {
      const layer = { ...sceneOf(discs).layers[0]!, cutoutDigest: stranger.digest };
      const climbing = begin([], { stepCount: 10_000 });
      const { steps, result } = await follow(climbing, (step, { layerIndices }) => {
        if (step === 1) climbing.steer(add(layer));
        if (layerIndices.length === 4) climbing.steer(stop);
      });
      const index = steps.findIndex((progress) => progress?.layerIndices.length === 4);
      expect(steps[index]!.layerIndices).toEqual([0, 1, 2, 3]);
      expect(steps[index]!.steers).toEqual([at(index - 1, add(layer))]);
      expect(layerOf(steps.at(-1)!, 3).cutoutDigest).toBe(stranger.digest);
      expect(result.layerIndices).toEqual([0, 1, 2, 3]);
    });

    it('says that a cut-out is not to be had, and climbs on', async () => {
      const layer = { ...sceneOf(discs).layers[0]!, cutoutDigest: 'f'.repeat(64) };
      const { steps } = await climb([at(1, add(layer))]);
      expect(steps).toHaveLength(7);
      expect(steps[2]!.refusedSteers).toMatchObject([
        {
          steer: at(1, add(layer)),
          reason: 'UNKNOWN_CUTOUT',
          message: expect.stringContaining('f'.repeat(12)),
        },
      ]);
    });

    it('weighs keyphrases anew, down to none at all', async () => {
      const plain = await climb([]);
      const steered = await climb([at(2, setWeight(0, 5)), at(4, setWeight(0, 0)), at(4, setWeight(1, 0))]);
      expect(steered.steps[2]).toEqual(plain.steps[2]);
      expect(steered.steps[4]!.score).not.toBe(plain.steps[4]!.score);
      expect(Number.isFinite(steered.result.score)).toBe(true);
      expect(steered.result.startScore).not.toBe(plain.result.startScore);
    });

    it('ends with a result when it is told to stop', async () => {
      const { steps, result } = await climb([at(3, stop)]);
      expect(steps).toHaveLength(4);
      expect(result).toMatchObject({ stepCount: 3, stopReason: StopReason.STEERED, steers: [at(3, stop)] });
    });

    it('begins anew with a wish: no result ignores it, however bad it is', async () => {
      const away: Placement = { centerX: 9, centerY: 9, height: 0.1, rotationDegrees: 0 };
      const wishes = [at(3, move(0, away)), at(3, pin(0))];
      const { result } = await climb(wishes);
      expect(layerOf(result, 0).placement).toEqual(away);
      expect(result.bestStep).toBeGreaterThanOrEqual(3);
      expect(result.score).toBeGreaterThanOrEqual(result.startScore);
      expect(result.startScore).toBeLessThan((await climb([])).result.startScore);
    });

    it('refuses what cannot be followed by its field, and climbs as if it had not come', async () => {
      const refused: Array<[string, Action]> = [
        ['pin.layer_index', pin(3)],
        ['unpin.layer_index', unpin(-1)],
        ['hide.layer_index', hide(300)],
        ['show.layer_index', show(3)],
        ['move.layer_index', move(7, corner)],
        ['move.placement.height', move(0, { ...corner, height: 0 })],
        ['move.placement.center_x', move(0, { ...corner, centerX: Number.NaN })],
        ['ban.cutout_digest', ban('a'.repeat(64))],
        ['add.layer.opacity', add({ ...sceneOf(discs).layers[0]!, opacity: 2 })],
        ['set_weight.keyphrase_index', setWeight(2, 1)],
        ['set_weight.weight', setWeight(0, -1)],
      ];
      const plain = await climb([], { stepCount: 3 });
      const asked = refused.map(([, action]) => at(1, action));
      const { steps, result } = await climb(asked, { stepCount: 3 });
      expect(result).toEqual(plain.result);
      expect(steps[2]!.steers).toEqual([]);
      expect(steps[2]!.refusedSteers.map(({ steer }) => steer)).toEqual(asked);
      for (const [index, [field]] of refused.entries()) {
        const { reason, message } = steps[2]!.refusedSteers[index]!;
        expect(reason).toBe('STEER_INVALID');
        expect(message).toMatch(/^Expected /);
        expect(message).toContain(`for steer.${field} but received`);
      }
      expect(steps[3]!.refusedSteers).toEqual([]);
    });

    it('refuses a step that is over', async () => {
      const climbing = begin([], { stepCount: 400 });
      const { steps } = await follow(climbing, (step) => {
        if (step === 3) climbing.steer(hide(0), 1);
        if (step === 6) climbing.steer(stop);
      });
      const refused = steps.flatMap((progress) => progress?.refusedSteers ?? []);
      expect(refused).toMatchObject([{ reason: 'STEER_INVALID', steer: at(1, hide(0)) }]);
      expect(refused[0]!.message).toContain('for steer.step but received 1');
    });

    it('refuses a start whose steers are out of order or ask for nothing, naming them', async () => {
      const invalid = { code: 'INVALID_ARGUMENT' };
      await expect(climb([at(3, hide(0)), at(2, show(0))])).rejects.toMatchObject({
        ...invalid,
        message: expect.stringContaining('steers[1].step'),
      });
      await expect(climb([{ step: 0, action: undefined }])).rejects.toMatchObject({
        ...invalid,
        message: expect.stringContaining('steers[0].action'),
      });
    });
  });
}
