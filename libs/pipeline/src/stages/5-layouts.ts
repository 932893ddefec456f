import {
  BackgroundMode,
  Collage_State as State,
  type Collage,
  type CollageOptions,
  type ScoredScene,
} from '@collage/proto/collage/v1/collage.js';
import type { Gradient, Scene } from '@collage/proto/collage/v1/scene.js';
import { randomLayout } from '@collage/scene/random-layout.js';
import { seededRandom } from '@collage/scene/seeded-random.js';
import { scenesPerCall } from '@collage/inference/composer.js';
import type { CollageTools } from '../collage-tools.js';
import { composerFor } from '../composer-for.js';
import { coverCanvas } from '../cover-canvas.js';
import { objectiveOf } from '../objective.js';
import type { StageClock } from '../stage-clock.js';
import { progressed, type Stage } from '../stage-event.js';

const state = State.ARRANGING;
/** Layouts that are looked at again with more views. */
const FINALIST_SHARE = 0.1;
/** Layouts kept and offered. */
const KEPT_COUNT = 5;
const SAMPLE_COUNT = 3;

/** Layouts that are scored however little time there is. */
const LEAST_COUNT = 8;

export interface Arranged {
  /** Best first. */
  layouts: ScoredScene[];
  /** Random layouts that were scored. */
  layoutCount: number;
}

/**
 * Stage 5: random layouts from a composed prior, scored on the fitted background. Each is seen once as a whole; the
 * best tenth again with more views (successive halving); the best few are kept. Under a time limit as many as fit in,
 * the second look included.
 */
export async function* arrange(
  collage: Pick<Collage, 'prompt' | 'keyphrases' | 'cutouts'>,
  background: Gradient,
  options: CollageOptions,
  tools: CollageTools,
  clock: StageClock,
  signal?: AbortSignal,
): Stage<Arranged> {
  const hasPhotoGround = options.backgroundMode === BackgroundMode.PHOTO;
  const underneath = hasPhotoGround ? [coverCanvas(collage.cutouts[0]!, options.aspectRatio)] : [];
  const parts = collage.cutouts
    .slice(underneath.length)
    .map(({ digest, width, height, borders, ranking }) => ({
      digest,
      width,
      height,
      borders,
      score: ranking?.score ?? 0,
      keyphraseIndex: ranking?.keyphraseIndex ?? 0,
    }));
  // A layout depends on its own number only: asking for more keeps the first ones as they were.
  const layout = (index: number): Scene => ({
    aspectRatio: options.aspectRatio,
    background,
    layers: [
      ...underneath,
      ...randomLayout(parts, options.aspectRatio, seededRandom(options.seed, 'layout', index)),
    ],
  });
  const composer = await composerFor(collage, tools);
  const objective = objectiveOf(collage, options);
  const look = { viewCount: 1, seed: options.seed };
  const lookAgain = { viewCount: Math.max(2, options.viewCount), seed: options.seed };

  const first: ScoredScene[] = [];
  while (first.length < options.layoutCount) {
    const lookCount = scenesPerCall + lookAgain.viewCount * lookAgainCount(first.length + scenesPerCall);
    if (first.length >= LEAST_COUNT && !clock.fits(first.length, lookCount)) break;
    const count = Math.min(scenesPerCall, options.layoutCount - first.length);
    const scenes = Array.from({ length: count }, (_, index) => layout(first.length + index));
    for await (const { index, score } of composer.scoreScenes(objective, scenes, look, signal)) {
      first.push({ scene: scenes[index], score });
      const total = clock.expectedTotal(first.length, options.layoutCount);
      yield progressed(state, first.length, total + lookAgainCount(total), 'layouts scored');
    }
  }
  // The samples shown beside the best are seen with the same views, or their scores would not compare; should one of
  // them prove better than a finalist, it counts.
  const finalists = new Set([
    ...[...first].sort(byScore).slice(0, finalistCount(first.length)),
    ...first.slice(0, SAMPLE_COUNT),
  ]);
  const second: ScoredScene[] = [];
  const finalScenes = [...finalists].map(({ scene }) => scene!);
  for await (const { score } of composer.scoreScenes(objective, finalScenes, lookAgain, signal)) {
    second.push({ scene: finalScenes[second.length], score });
    yield progressed(
      state,
      first.length + second.length,
      first.length + finalScenes.length,
      'layouts scored',
    );
  }
  const best = [...second].sort(byScore).slice(0, KEPT_COUNT);
  const samples = first
    .slice(0, SAMPLE_COUNT)
    .map(({ scene }) => scene!)
    .filter((scene) => scene !== best[0]?.scene)
    .map((scene) => second.find((scored) => scored.scene === scene)!);
  yield { $case: 'layoutsScored', value: { best, samples, layoutCount: first.length } };
  return { layouts: best, layoutCount: first.length };
}

/** Layouts that are looked at again when so many were scored, at most. */
function lookAgainCount(layoutCount: number): number {
  return finalistCount(layoutCount) + SAMPLE_COUNT;
}

function finalistCount(layoutCount: number): number {
  return Math.max(1, Math.ceil(layoutCount * FINALIST_SHARE));
}

/** Best first; the sort is stable, so ties stay in the order they were drawn. */
function byScore(a: ScoredScene, b: ScoredScene): number {
  return b.score!.score - a.score!.score;
}
