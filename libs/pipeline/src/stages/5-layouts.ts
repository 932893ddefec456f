import {
  BackgroundMode,
  Collage_State as State,
  type Collage,
  type CollageOptions,
  type ScoredScene,
} from '@collage/proto/collage/v1/collage.js';
import { OptimizeProgress } from '@collage/proto/collage/v1/composition_service.js';
import type { Cutout } from '@collage/proto/collage/v1/photo.js';
import type { Gradient, Scene } from '@collage/proto/collage/v1/scene.js';
import type { LayoutPart } from '@collage/scene/layout-part.js';
import { randomLayout } from '@collage/scene/random-layout.js';
import { seededRandom } from '@collage/scene/seeded-random.js';
import type { CollageTools } from '../collage-tools.js';
import { composerFor } from '../composer-for.js';
import { coverCanvas } from '../cover-canvas.js';
import { byScore, halveLayouts } from '../halve-layouts.js';
import { objectiveOf } from '../objective.js';
import { refineLayout, VARIATIONS_PER_ROUND } from '../refine-layout.js';
import type { StageClock } from '../stage-clock.js';
import { progressed, type Stage } from '../stage-event.js';

const state = State.ARRANGING;
/** Layouts kept and offered. */
const KEPT_COUNT = 5;
/** Of the stage's time, where that is limited, for random layouts; the rest is for variations of the best. */
const RANDOM_SHARE = 0.35;

export interface Arranged {
  /** Best first. */
  layouts: ScoredScene[];
  /** Random layouts that were scored. */
  layoutCount: number;
  /** Variations that were tried. */
  variationCount: number;
}

/**
 * Stage 5: random layouts from a composed prior, scored on the fitted background, the best looked at again; then
 * variations of the best, which may exchange a cut-out that does not help for one of the spare ones. The best few
 * layouts are kept.
 */
export async function* arrange(
  collage: Pick<Collage, 'prompt' | 'keyphrases' | 'cutouts' | 'models'>,
  spares: Cutout[],
  background: Gradient,
  options: CollageOptions,
  tools: CollageTools,
  clock: StageClock,
  signal?: AbortSignal,
): Stage<Arranged> {
  const { seed, aspectRatio } = options;
  const hasPhotoGround = options.backgroundMode === BackgroundMode.PHOTO;
  const underneath = hasPhotoGround ? [coverCanvas(collage.cutouts[0]!, aspectRatio)] : [];
  const parts = collage.cutouts.slice(underneath.length).map(partOf);
  // A layout depends on its own number only: asking for more keeps the first ones as they were.
  const layout = (index: number): Scene => ({
    aspectRatio,
    background,
    layers: [...underneath, ...randomLayout(parts, aspectRatio, seededRandom(seed, 'layout', index))],
  });
  const composer = await composerFor(
    { cutouts: [...collage.cutouts, ...spares], models: collage.models },
    tools,
  );
  const objective = objectiveOf(collage, options);
  const viewCount = Math.max(2, options.viewCount);

  const variationCount = Math.max(0, options.variationCount);
  const halving = halveLayouts(
    layout,
    options.layoutCount,
    { composer, objective, viewCount, seed },
    variationCount > 0 ? clock.part(RANDOM_SHARE) : clock,
    signal,
  );
  let halved = await halving.next();
  for (; !halved.done; halved = await halving.next()) {
    yield progressed(state, halved.value.done, halved.value.total, 'layouts scored');
  }
  const { finalists, samples, layoutCount } = halved.value;

  const rest = clock.part(1);
  const refining = refineLayout(
    finalists[0]!.scene!,
    { composer, objective, seed, parts: byDigest([...parts, ...spares.map(partOf)]) },
    variationCount,
    (tried) => (tried === 0 ? !rest.isUp : rest.fits(tried, VARIATIONS_PER_ROUND)),
    signal,
  );
  let refined = await refining.next();
  for (; !refined.done; refined = await refining.next()) {
    const { scene, score, variationCount: tried } = refined.value;
    const [step, stepCount] = [tried, variationCount].map((count) => Math.ceil(count / VARIATIONS_PER_ROUND));
    const progress = OptimizeProgress.create({ step, stepCount, score, scene });
    yield { $case: 'optimized', value: { state, progress } };
    yield progressed(state, tried, rest.expectedTotal(tried, variationCount), 'variations tried');
  }
  const best = [...finalists];
  if (refined.value.scene !== finalists[0]!.scene) {
    // Through the finalists' own views, or their scores would not compare.
    const again = composer.scoreScenes(objective, [refined.value.scene], { viewCount, seed }, signal);
    for await (const { score } of again) best.push({ scene: refined.value.scene, score });
  }
  const kept = best.sort(byScore).slice(0, KEPT_COUNT);
  const shown = samples.filter(({ scene }) => scene !== kept[0]?.scene);
  yield { $case: 'layoutsScored', value: { best: kept, samples: shown, layoutCount } };
  return { layouts: kept, layoutCount, variationCount: refined.value.variationCount };
}

function partOf({ digest, width, height, borders, ranking }: Cutout): LayoutPart {
  return {
    digest,
    width,
    height,
    borders,
    score: ranking?.score ?? 0,
    keyphraseIndex: ranking?.keyphraseIndex ?? 0,
  };
}

function byDigest(parts: LayoutPart[]): Map<string, LayoutPart> {
  return new Map(parts.map((part) => [part.digest, part]));
}
