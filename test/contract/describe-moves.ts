import { Composer } from '@collage/inference/composer.js';
import type { InferenceConnection } from '@collage/inference/connection.js';
import { Parameter } from '@collage/proto/collage/v1/composition_service.js';
import type { Scene } from '@collage/proto/collage/v1/scene.js';
import { beforeAll, describe, expect, it } from 'vitest';
import type { NamedPicture } from './pictures.js';
import { CutoutShelf, threeDiscs } from './scenes.js';
import { at, everything, follow, layout, pin, startOf } from './steers.js';

/** What every OptimizeScene promises of what is searched by moves: painting order and flips. */
export function describeMoves(connection: () => InferenceConnection): void {
  describe('moves', () => {
    let discs: NamedPicture[];
    let composer: Composer;

    beforeAll(async () => {
      discs = await threeDiscs();
      composer = new Composer(connection(), new CutoutShelf(discs).load);
    });

    /** Three discs on top of each other: whoever is painted last is all that is seen. */
    function stackOf(parameters: Parameter[], steers = [] as Parameters<typeof startOf>[1]) {
      const start = startOf(discs, steers, { stepCount: 6 }, parameters);
      for (const layer of start.scene!.layers) {
        Object.assign(layer.placement!, { centerX: 0.7, centerY: 0.5 });
      }
      return start;
    }

    /** The layers by index, whatever order they are painted in. */
    const byIndex = (scene: Scene, layerIndices: number[]) =>
      scene.layers.map((_, index) => scene.layers[layerIndices.indexOf(index)]!);

    it.each([
      { name: 'order', parameters: [Parameter.ORDER] },
      { name: 'flips', parameters: [Parameter.FLIP] },
    ])('changes nothing but $name when asked for nothing else', async ({ parameters }) => {
      const start = stackOf(parameters);
      const { steps, result } = await follow(composer.optimizeScene(start));
      expect(steps).toHaveLength(7);
      for (const { scene, layerIndices } of [...steps.slice(1), result]) {
        expect([...layerIndices].sort()).toEqual([0, 1, 2]);
        if (parameters[0] === Parameter.FLIP) expect(layerIndices).toEqual([0, 1, 2]);
        expect(scene!.background).toEqual(start.scene!.background);
        for (const [index, layer] of byIndex(scene!, layerIndices).entries()) {
          const before = start.scene!.layers[index]!;
          const flipped = parameters[0] === Parameter.FLIP ? layer.flipped : before.flipped;
          expect(layer).toEqual({ ...before, flipped });
        }
      }
    });

    it('keeps order and flips where it is not asked for them', async () => {
      const { steps, result } = await follow(composer.optimizeScene(stackOf(layout)));
      for (const { scene, layerIndices } of [...steps.slice(1), result]) {
        expect(layerIndices).toEqual([0, 1, 2]);
        expect(scene!.layers.map(({ flipped }) => flipped)).toEqual([false, false, true]);
      }
    });

    it('moves no pinned layer', async () => {
      const pinned = [0, 1, 2].map((index) => at(0, pin(index)));
      const start = stackOf(everything, pinned);
      const { steps, result } = await follow(composer.optimizeScene(start));
      for (const { scene, layerIndices } of [...steps.slice(1), result]) {
        expect(layerIndices).toEqual([0, 1, 2]);
        expect(scene!.layers).toEqual(start.scene!.layers);
      }
    });
  });
}
