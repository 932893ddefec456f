import type { SceneComposer } from '@collage/inference/inference.js';
import type { Objective, SceneScore } from '@collage/proto/collage/v1/composition_service.js';
import type { Scene } from '@collage/proto/collage/v1/scene.js';
import type { LayoutPart } from '@collage/scene/layout-part.js';
import { randomLayout } from '@collage/scene/random-layout.js';
import { seededRandom } from '@collage/scene/seeded-random.js';
import { describe, expect, it } from 'vitest';
import { refineLayout, type Round, VARIATIONS_PER_ROUND } from './refine-layout.js';

const objective: Objective = { prompt: 'a prompt', keyphrases: [], negatives: [] };
const parts = Array.from({ length: 4 }, (_, index): LayoutPart => ({
  digest: index.toString(16).padStart(64, '0'),
  width: 300,
  height: 400,
  score: 1,
  keyphraseIndex: 0,
}));
const start: Scene = {
  aspectRatio: 1.5,
  background: { angleDegrees: 0, stops: [] },
  layers: randomLayout(parts, 1.5, seededRandom(1, 'start')),
};

/** Scores by a function; notes what it was asked. */
function scoringBy(score: (scene: Scene, seed: number) => number) {
  const asked: { scenes: readonly Scene[]; seed: number; viewCount: number }[] = [];
  const composer: Pick<SceneComposer, 'scoreScenes'> = {
    async *scoreScenes(_objective, scenes, { seed, viewCount }) {
      asked.push({ scenes, seed, viewCount });
      for (const [index, scene] of scenes.entries()) {
        const scored: SceneScore = {
          score: score(scene, seed),
          promptSimilarity: 0,
          keyphraseSimilarities: [],
          layoutPenalty: 0,
          modelName: 'a taste',
          modelDigest: 'aa',
        };
        yield { index, score: scored };
      }
    },
  };
  return { composer, asked };
}

async function refine(
  scored: ReturnType<typeof scoringBy>,
  { spares = [] as LayoutPart[], count = 70, mayGoOn = (_tried: number): boolean => true } = {},
): Promise<{ rounds: Round[]; last: Round }> {
  const known = new Map([...parts, ...spares].map((part) => [part.digest, part]));
  const refining = refineLayout(
    start,
    { composer: scored.composer, objective, parts: known, seed: 3 },
    count,
    mayGoOn,
  );
  const rounds: Round[] = [];
  for (let step = await refining.next(); ; step = await refining.next()) {
    if (step.done) return { rounds, last: step.value };
    rounds.push(step.value);
  }
}
const leftness = ({ layers }: Scene) => -layers.reduce((sum, { placement }) => sum + placement!.centerX, 0);

describe('refineLayout', () => {
  it('finds better layouts by trial', async () => {
    const { last } = await refine(scoringBy(leftness), { count: 140 });
    expect(leftness(last.scene)).toBeGreaterThan(leftness(start) + 1);
    expect(last.variationCount).toBe(140);
  });

  it('keeps what it has where nothing is better', async () => {
    const { last } = await refine(scoringBy((scene) => (scene === start ? 1 : 0)));
    expect(last.scene).toBe(start);
    const tie = await refine(scoringBy(() => 0));
    expect(tie.last.scene).toBe(start);
  });

  it('lets all that compete in a round be seen through the same views, other ones after eight rounds', async () => {
    const scored = scoringBy(leftness);
    const { rounds } = await refine(scored, { count: 63 });
    expect(scored.asked.every(({ viewCount }) => viewCount === 2)).toBe(true);
    expect(scored.asked.map(({ seed }) => seed)).toEqual([...Array<number>(8).fill(3), 4]);
    expect(rounds.slice(0, 3).map(({ variationCount }) => variationCount)).toEqual([7, 14, 21]);
  });

  it('gives the same for the same seed', async () => {
    expect(await refine(scoringBy(leftness))).toEqual(await refine(scoringBy(leftness)));
  });

  it('stops when it is told to, and where no variations are wanted', async () => {
    const stopped = await refine(scoringBy(leftness), { mayGoOn: (tried) => tried < 14 });
    expect(stopped.last.variationCount).toBe(2 * VARIATIONS_PER_ROUND);
    const none = await refine(scoringBy(leftness), { count: 0 });
    expect(none).toEqual({ rounds: [], last: { scene: start, score: 0, variationCount: 0 } });
  });

  const spare: LayoutPart = { ...parts[0]!, digest: 'a'.repeat(64) };
  // Any but the first part: of equals that one is the best of the keyphrase.
  const unwanted = parts[2]!.digest;
  const has = ({ layers }: Scene, digest: string) =>
    layers.some(({ cutoutDigest }) => cutoutDigest === digest);

  it('exchanges a cut-out that does not help for an unused one that does', async () => {
    const taste = (scene: Scene) =>
      scene.layers.length + (has(scene, unwanted) ? -1 : 0) + (has(scene, spare.digest) ? 1 : 0);
    const { last } = await refine(scoringBy(taste), { spares: [spare] });
    expect(has(last.scene, spare.digest)).toBe(true);
    expect(has(last.scene, unwanted)).toBe(false);
    expect(last.scene.layers).toHaveLength(start.layers.length);
  });

  it('exchanges nothing where every cut-out helps', async () => {
    const taste = (scene: Scene) => scene.layers.length + (has(scene, spare.digest) ? 5 : 0);
    const { last } = await refine(scoringBy(taste), { spares: [spare] });
    expect(has(last.scene, spare.digest)).toBe(false);
  });

  it('never exchanges the best cut-out of a keyphrase: it was asked for', async () => {
    const [best] = parts;
    const taste = (scene: Scene) =>
      scene.layers.length + (has(scene, best!.digest) ? -1 : 0) + (has(scene, spare.digest) ? 1 : 0);
    const { last } = await refine(scoringBy(taste), { spares: [spare] });
    expect(has(last.scene, best!.digest)).toBe(true);
    const other = { ...spare, keyphraseIndex: 1, score: 9 };
    const { last: exchanged } = await refine(
      scoringBy((scene) => scene.layers.length + (has(scene, unwanted) ? -1 : 0)),
      { spares: [other] },
    );
    expect(has(exchanged.scene, unwanted)).toBe(false);
  });
});
