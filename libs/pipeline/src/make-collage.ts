import {
  Collage,
  Collage_State as State,
  CollageEvent,
  type CollageEvent_Skipped,
} from '@collage/proto/collage/v1/collage.js';
import type { CollageOptions } from '@collage/proto/collage/v1/collage.js';
import type { CollageTools } from './collage-tools.js';
import { countSkipped } from './count-skipped.js';
import { onlyUsed } from './only-used.js';
import { resolveOptions } from './resolve-options.js';
import type { Stage, StageEvent } from './stage-event.js';
import { findKeyphrases } from './stages/1-keyphrases.js';
import { findPhotos } from './stages/2-photos.js';
import { cutOut } from './stages/3-cutouts.js';
import { colorBackground } from './stages/4-background.js';
import { arrange } from './stages/5-layouts.js';
import { optimize } from './stages/6-optimize.js';
import { render } from './stages/7-render.js';
import { creditPhotos } from './stages/8-credits.js';
import { recordDone, TimeBudget } from './time-budget.js';

/** A stage a run may end after, by the name people type. */
export const stageNames = [
  'keyphrases',
  'photos',
  'cutouts',
  'background',
  'layouts',
  'optimize',
  'render',
  'credits',
] as const;
export type StageName = (typeof stageNames)[number];

export interface CollageRequest {
  /** Names the collage; whoever stores it chooses it. */
  id: string;
  prompt: string;
  options: Partial<CollageOptions>;
  /** End after this stage; the returned collage holds what was made until then. */
  stopAfter?: StageName;
}

/**
 * The whole product: a prompt becomes a credited collage. Yields everything that happens, numbered from 1, and
 * returns the collage. Same request, photos, models and machine: same collage.
 * @throws CollageError, OptionInvalidError, InferenceError, or the signal's reason
 */
export async function* makeCollage(
  request: CollageRequest,
  tools: CollageTools,
  signal?: AbortSignal,
): AsyncGenerator<CollageEvent, Collage> {
  let sequence = 0;
  const skips: CollageEvent_Skipped[] = [];
  const { stopAfter } = request;
  const options = resolveOptions(request.options);
  const collage = Collage.create({ id: request.id, prompt: request.prompt, options });

  /** Runs one stage: announces it, numbers its events, takes its time. */
  async function* run<Result>(state: State, stage: Stage<Result>): AsyncGenerator<CollageEvent, Result> {
    signal?.throwIfAborted();
    collage.state = state;
    const began = tools.now();
    yield numbered({ $case: 'stageStarted', value: { state } });
    try {
      let step = await stage.next();
      while (!step.done) {
        if (step.value.$case === 'skipped') skips.push(step.value.value);
        yield numbered(step.value);
        step = await stage.next();
      }
      yield numbered({ $case: 'stageFinished', value: { state, durationSeconds: tools.now() - began } });
      return step.value;
    } finally {
      // Whoever leaves the loop early ends the call under way with it.
      await stage.return(undefined as Result);
    }
  }
  function numbered(event: StageEvent): CollageEvent {
    return { sequence: ++sequence, event };
  }
  function ended(): Collage {
    collage.skipped = countSkipped(skips);
    return collage;
  }

  collage.keyphrases = yield* run(State.FINDING_KEYPHRASES, findKeyphrases(request.prompt, options));
  if (stopAfter === 'keyphrases') return ended();

  const found = yield* run(State.FINDING_PHOTOS, findPhotos(collage, options, tools, signal));
  collage.photos = found.photos;
  collage.models = { perceptor: found.perceptor, segmenter: undefined };
  if (stopAfter === 'photos') return ended();

  const cut = yield* run(State.CUTTING_OUT, cutOut(collage, options, tools, signal));
  collage.cutouts = cut.cutouts;
  collage.photos = cut.photos;
  collage.models = { perceptor: found.perceptor, segmenter: cut.segmenter };
  yield numbered({ $case: 'modelsChosen', value: collage.models });
  if (stopAfter === 'cutouts') return ended();

  const budget = new TimeBudget(options, tools.now);
  const fitting = colorBackground(collage, options, tools, budget.clockOf('background'), signal);
  const { background, stepCount } = yield* run(State.COLORING_BACKGROUND, fitting);
  collage.options = recordDone(options, { backgroundIterationCount: stepCount });
  collage.scene = { aspectRatio: options.aspectRatio, background, layers: [] };
  if (stopAfter === 'background') return ended();

  const arranging = arrange(
    collage,
    cut.spares.cutouts,
    background,
    options,
    tools,
    budget.clockOf('layouts'),
    signal,
  );
  const arranged = yield* run(State.ARRANGING, arranging);
  collage.options = recordDone(collage.options, {
    layoutCount: arranged.layoutCount,
    variationCount: arranged.variationCount,
  });
  collage.layouts = arranged.layouts;
  Object.assign(collage, onlyUsed(collage, cut.spares));
  if (stopAfter === 'layouts') return ended();

  const climbing = optimize(collage, background, options, tools, budget.clockOf('climb'), signal);
  const climbed = yield* run(State.OPTIMIZING, climbing);
  collage.options = recordDone(collage.options, { iterationCount: climbed.stepCount });
  collage.scene = climbed.scene;
  collage.startScore = climbed.startScore;
  collage.score = climbed.score;
  collage.optimizationStepCount = climbed.stepCount;
  collage.evaluation = climbed.evaluation;
  if (stopAfter === 'optimize') return ended();

  const rendered = yield* run(State.RENDERING, render(collage, climbed.scene, options, tools, signal));
  collage.scene = rendered.scene;
  collage.cutouts = [...collage.cutouts, ...rendered.cutouts];
  if (stopAfter === 'render') return ended();

  const crediting = creditPhotos(collage, rendered.scene, rendered.picture, options, tools, signal);
  const credited = yield* run(State.RENDERING, crediting);
  collage.credits = credited.credits;
  collage.license = credited.license;
  collage.state = State.SUCCEEDED;
  yield numbered({ $case: 'succeeded', value: { collage: ended() } });
  return collage;
}
