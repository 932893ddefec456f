import { scenesPerCall } from '@collage/inference/composer.js';
import type { SceneComposer } from '@collage/inference/inference.js';
import type { ScoredScene } from '@collage/proto/collage/v1/collage.js';
import type { Objective } from '@collage/proto/collage/v1/composition_service.js';
import type { Scene } from '@collage/proto/collage/v1/scene.js';
import type { StageClock } from './stage-clock.js';

/** Layouts that are looked at again with more views. */
const FINALIST_SHARE = 0.1;
const SAMPLE_COUNT = 3;
/** Layouts that are scored however little time there is. */
const LEAST_COUNT = 8;

/** How layouts are looked at. */
export interface LayoutLook {
  composer: SceneComposer;
  objective: Objective;
  /** Views of the second look. */
  viewCount: number;
  seed: number;
}

export interface HalvedLayouts {
  /** Those looked at twice, best first. */
  finalists: ScoredScene[];
  /** The first few that were drawn, for comparison, looked at twice as well. */
  samples: ScoredScene[];
  layoutCount: number;
}

/**
 * Successive halving (Karnin et al. 2013): all layouts are seen once as a whole, the best tenth again with more views.
 * Under a time limit as many as fit in, the second look included.
 *
 * @param layout draws the layout of a number, the same one whenever it is asked
 * @yields how many of how many were scored
 */
export async function* halveLayouts(
  layout: (index: number) => Scene,
  layoutCount: number,
  { composer, objective, viewCount, seed }: LayoutLook,
  clock: StageClock,
  signal?: AbortSignal,
): AsyncGenerator<{ done: number; total: number }, HalvedLayouts> {
  const first: ScoredScene[] = [];
  while (first.length < layoutCount) {
    const lookCount = scenesPerCall + viewCount * lookAgainCount(first.length + scenesPerCall);
    if (first.length >= LEAST_COUNT && !clock.fits(first.length, lookCount)) break;
    const count = Math.min(scenesPerCall, layoutCount - first.length);
    const scenes = Array.from({ length: count }, (_, index) => layout(first.length + index));
    for await (const { index, score } of composer.scoreScenes(
      objective,
      scenes,
      { viewCount: 1, seed },
      signal,
    )) {
      first.push({ scene: scenes[index], score });
      const total = clock.expectedTotal(first.length, layoutCount);
      yield { done: first.length, total: total + lookAgainCount(total) };
    }
  }
  // The samples shown beside the best are seen with the same views, or their scores would not compare; should one of
  // them prove better than a finalist, it counts.
  const drawn = first.slice(0, SAMPLE_COUNT);
  const again = new Set([...first].sort(byScore).slice(0, finalistCount(first.length)).concat(drawn));
  const scenes = [...again].map(({ scene }) => scene!);
  const second: ScoredScene[] = [];
  for await (const { score } of composer.scoreScenes(objective, scenes, { viewCount, seed }, signal)) {
    second.push({ scene: scenes[second.length], score });
    yield { done: first.length + second.length, total: first.length + scenes.length };
  }
  const samples = drawn.map(({ scene }) => second.find((scored) => scored.scene === scene)!);
  return { finalists: second.sort(byScore), samples, layoutCount: first.length };
}

/** Best first; the sort is stable, so ties stay in the order they were drawn. */
export function byScore(a: ScoredScene, b: ScoredScene): number {
  return b.score!.score - a.score!.score;
}

/** Layouts that are looked at again when so many were scored, at most. */
function lookAgainCount(layoutCount: number): number {
  return finalistCount(layoutCount) + SAMPLE_COUNT;
}

function finalistCount(layoutCount: number): number {
  return Math.max(1, Math.ceil(layoutCount * FINALIST_SHARE));
}
