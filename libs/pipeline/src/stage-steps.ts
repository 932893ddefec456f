import {
  Collage_State as State,
  type Collage,
  type UnfinishedCollage,
} from '@collage/proto/collage/v1/collage.js';
import type { ClimbCheckpoints } from './climb-checkpoints.js';
import type { CollageTools } from './collage-tools.js';
import { onlyUsed } from './only-used.js';
import type { Stage } from './stage-event.js';
import { findKeyphrases } from './stages/1-keyphrases.js';
import { findPhotos } from './stages/2-photos.js';
import { cutOut } from './stages/3-cutouts.js';
import { colorBackground } from './stages/4-background.js';
import { arrange } from './stages/5-layouts.js';
import { optimize } from './stages/6-optimize.js';
import { render } from './stages/7-render.js';
import { creditPhotos } from './stages/8-credits.js';
import { recordDone, TimeBudget } from './time-budget.js';

/** A collage between two stages; the messages inside are there. */
export type Unfinished = UnfinishedCollage & {
  collage: Collage;
  options: NonNullable<UnfinishedCollage['options']>;
};

export interface StageContext {
  tools: CollageTools;
  signal?: AbortSignal;
  /** Where the climb is kept while it is under way; absent: nowhere. */
  checkpoints?: ClimbCheckpoints;
}

/** What a stage adds to the collage, and to what the later stages need. */
type Made = Partial<Omit<Unfinished, 'collage' | 'options'>> & { collage: Partial<Collage> };

interface StageStep {
  /** As people type it. */
  name: string;
  state: State;
  /** Whether its time counts against the time budget. */
  isBudgeted?: boolean;
  run(work: Unfinished, context: StageContext): Stage<Made>;
}

/** The stages in their order. Each depends only on what it is handed, so that a run may be cut between any two. */
export const stageSteps = [
  {
    name: 'keyphrases',
    state: State.FINDING_KEYPHRASES,
    async *run({ collage, options }: Unfinished): Stage<Made> {
      return { collage: { keyphrases: yield* findKeyphrases(collage.prompt, options) } };
    },
  },
  {
    name: 'photos',
    state: State.FINDING_PHOTOS,
    async *run({ collage, options }: Unfinished, { tools, signal }: StageContext): Stage<Made> {
      const { photos, perceptor } = yield* findPhotos(collage, options, tools, signal);
      return { collage: { photos, models: { perceptor, segmenter: undefined } } };
    },
  },
  {
    name: 'cutouts',
    state: State.CUTTING_OUT,
    async *run({ collage, options }: Unfinished, { tools, signal }: StageContext): Stage<Made> {
      const { cutouts, photos, spares, segmenter } = yield* cutOut(collage, options, tools, signal);
      const models = { perceptor: collage.models?.perceptor, segmenter };
      yield { $case: 'modelsChosen', value: models };
      return {
        collage: { cutouts, photos, models },
        spareCutouts: spares.cutouts,
        sparePhotos: spares.photos,
      };
    },
  },
  {
    name: 'background',
    state: State.COLORING_BACKGROUND,
    isBudgeted: true,
    async *run(work: Unfinished, { tools, signal }: StageContext): Stage<Made> {
      const { collage, options } = work;
      const clock = budgetOf(work, tools).clockOf('background');
      const { background, stepCount } = yield* colorBackground(collage, options, tools, clock, signal);
      return {
        collage: {
          options: recordDone(options, { backgroundIterationCount: stepCount }),
          scene: { aspectRatio: options.aspectRatio, background, layers: [] },
        },
      };
    },
  },
  {
    name: 'layouts',
    state: State.ARRANGING,
    isBudgeted: true,
    async *run(work: Unfinished, { tools, signal }: StageContext): Stage<Made> {
      const { collage, options, spareCutouts } = work;
      const clock = budgetOf(work, tools).clockOf('layouts');
      const background = collage.scene!.background!;
      const { layouts, ...done } = yield* arrange(
        collage,
        spareCutouts,
        background,
        options,
        tools,
        clock,
        signal,
      );
      const spares = { cutouts: spareCutouts, photos: work.sparePhotos };
      return {
        collage: {
          options: recordDone(collage.options!, done),
          layouts,
          ...onlyUsed({ ...collage, layouts }, spares),
        },
        spareCutouts: [],
        sparePhotos: [],
      };
    },
  },
  {
    name: 'optimize',
    state: State.OPTIMIZING,
    isBudgeted: true,
    async *run(work: Unfinished, { tools, signal, checkpoints }: StageContext): Stage<Made> {
      const { collage, options } = work;
      const clock = budgetOf(work, tools).clockOf('climb');
      const background = collage.scene!.background!;
      const climbed = yield* optimize(collage, background, options, tools, clock, signal, checkpoints);
      const { scene, startScore, score, stepCount, evaluation } = climbed;
      return {
        collage: {
          options: recordDone(collage.options!, { iterationCount: stepCount }),
          scene,
          startScore,
          score,
          optimizationStepCount: stepCount,
          evaluation,
        },
      };
    },
  },
  {
    name: 'render',
    state: State.RENDERING,
    async *run({ collage, options }: Unfinished, { tools, signal }: StageContext): Stage<Made> {
      const made = yield* render(collage, collage.scene!, options, tools, signal);
      const { picture: rendered, scene, cutouts } = made;
      return { collage: { scene, cutouts: [...collage.cutouts, ...cutouts] }, rendered };
    },
  },
  {
    name: 'credits',
    state: State.RENDERING,
    async *run({ collage, options, rendered }: Unfinished, { tools, signal }: StageContext): Stage<Made> {
      const { credits, license, ...credited } = yield* creditPhotos(
        collage,
        collage.scene!,
        rendered!,
        options,
        tools,
        signal,
      );
      return { collage: { credits, license }, ...credited };
    },
  },
] as const satisfies readonly StageStep[];

/** A stage by the name people type. */
export type StageName = (typeof stageSteps)[number]['name'];
export const stageNames = stageSteps.map(({ name }) => name);

/** What is left of the time budget as a stage begins. */
function budgetOf({ options, spentSeconds }: Unfinished, { now }: CollageTools): TimeBudget {
  return new TimeBudget(options, now, spentSeconds);
}
