import { Composer } from '@collage/inference/composer.js';
import type { InferenceConnection } from '@collage/inference/connection.js';
import type { OptimizeStart } from '@collage/proto/collage/v1/composition_service.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { discCutout, type NamedPicture } from './pictures.js';
import { CutoutShelf, sceneOf, threeDiscs } from './scenes.js';
import {
  add,
  at,
  ban,
  corner,
  everything,
  follow,
  hide,
  move,
  pin,
  setWeight,
  show,
  startOf,
  stop,
  unpin,
} from './steers.js';

/** What every OptimizeScene promises of a steered climb that is run again. */
export function describeReplaying(connection: () => InferenceConnection): void {
  describe('replaying', () => {
    let discs: NamedPicture[];
    let stranger: NamedPicture;
    let composer: Composer;

    beforeAll(async () => {
      discs = await threeDiscs();
      stranger = await discCutout('navy');
      composer = new Composer(connection(), new CutoutShelf([...discs, stranger]).load);
    });

    const climb = (start: OptimizeStart) => follow(composer.optimizeScene(start));

    /** One of each. */
    const session = () => [
      at(0, pin(0)),
      at(1, hide(2)),
      at(2, move(1, corner)),
      at(2, setWeight(1, 3)),
      at(3, add({ ...sceneOf(discs).layers[1]!, cutoutDigest: stranger.digest })),
      at(3, show(2)),
      at(4, unpin(0)),
      at(5, ban(discs[1]!.digest)),
    ];

    it('replays a climb from the record of what was asked while it ran', async () => {
      const start = startOf(discs, [], { stepCount: 10_000 }, everything);
      const climbing = composer.optimizeScene(start);
      let followed = 0;
      const live = await follow(climbing, (step, { steers }) => {
        followed += steers.length;
        if (session()[step - 1]) climbing.steer(session()[step - 1]!.action!);
        else if (followed === session().length) climbing.steer(stop);
      });
      const asked = [...session().map(({ action }) => action), stop];
      expect(live.result.steers.map(({ action }) => action)).toEqual(asked);
      expect(live.result.steers.at(-1)!.step).toBe(live.result.stepCount);
      expect(live.steps.flatMap((progress) => progress?.steers ?? [])).toEqual(
        live.result.steers.slice(0, -1),
      );
      expect(await climb({ ...start, steers: live.result.steers })).toEqual(live);
    });

    describe('from a checkpoint', () => {
      let start: OptimizeStart;
      let whole: Awaited<ReturnType<typeof climb>>;

      beforeAll(async () => {
        start = startOf(discs, session(), { stepCount: 8, checkpointIntervalSteps: 1 }, everything);
        whole = await climb(start);
      });

      // With its steers, as one replays; or without, for those that wait are in the checkpoint.
      it.each([
        { cut: 1, isRecorded: true },
        { cut: 3, isRecorded: false },
        { cut: 6, isRecorded: true },
      ])('goes on after step $cut to the same result', async ({ cut, isRecorded }) => {
        const { checkpoint } = whole.steps[cut]!;
        expect(checkpoint!.scene!.layers).toHaveLength(cut > 3 ? 4 : 3);
        const steers = isRecorded ? start.steers : [];
        const resumed = await climb({ ...start, steers, checkpoint });
        expect(resumed.steps.slice(cut + 1)).toEqual(whole.steps.slice(cut + 1));
        expect(resumed.result).toEqual(whole.result);
      });
    });
  });
}
