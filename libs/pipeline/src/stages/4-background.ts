import { rowColors } from '@collage/render/row-colors.js';
import { seededRandom } from '@collage/scene/seeded-random.js';
import {
  BackgroundMode,
  Collage_State as State,
  type Collage,
  type CollageOptions,
} from '@collage/proto/collage/v1/collage.js';
import { OptimizeOptions, Parameter } from '@collage/proto/collage/v1/composition_service.js';
import type { Color, Gradient } from '@collage/proto/collage/v1/scene.js';
import type { CollageTools } from '../collage-tools.js';
import { composerFor } from '../composer-for.js';
import { objectiveOf } from '../objective.js';
import { progressed, type Stage } from '../stage-event.js';

const state = State.COLORING_BACKGROUND;
/** The article's five control points: 15 parameters. */
const STOP_COUNT = 5;
/** Photos whose colors the fit starts from. */
const PHOTO_COUNT = 5;

/**
 * Stage 4: a gradient fitted to the prompt by the perceptor and Adam. It starts once from the mean row colors of
 * the best photos and once from random grey, as the article does, and keeps the better. Both are pulled towards the
 * photos' colors: left alone, a perceptor's gradient drifts to color noise.
 */
export async function* colorBackground(
  collage: Pick<Collage, 'prompt' | 'keyphrases' | 'photos'>,
  options: CollageOptions,
  tools: CollageTools,
  signal?: AbortSignal,
): Stage<Gradient> {
  if (options.backgroundMode === BackgroundMode.FIXED) {
    const fixed = options.background!;
    yield { $case: 'backgroundFitted', value: { background: fixed, score: 0 } };
    return fixed;
  }
  const angleDegrees = options.background?.angleDegrees ?? 0;
  const anchor = gradient(angleDegrees, await photoColors(collage, tools));
  if (options.backgroundIterationCount < 1) {
    yield { $case: 'backgroundFitted', value: { background: anchor, score: 0 } };
    return anchor;
  }
  const composer = await composerFor({ cutouts: [] }, tools);
  const stepCount = options.backgroundIterationCount;
  const random = seededRandom(options.seed, 'background');
  const starts = [anchor, gradient(angleDegrees, randomGreys(random))];
  let best: { background: Gradient; score: number } | undefined;
  for (const [index, start] of starts.entries()) {
    const climb = composer.optimizeScene(
      {
        objective: objectiveOf(collage, options),
        scene: { aspectRatio: options.aspectRatio, background: start, layers: [] },
        parameters: [Parameter.BACKGROUND_COLORS],
        checkpoint: undefined,
        options: OptimizeOptions.create({
          stepCount,
          // A gradient has no detail: more views of it show nothing new.
          viewCount: Math.min(2, options.viewCount),
          seed: options.seed,
        }),
        backgroundAnchor: anchor,
      },
      signal,
    );
    for await (const { step } of climb)
      yield progressed(state, index * stepCount + step, starts.length * stepCount, 'steps');
    const { scene, score } = climb.result;
    if (!best || score > best.score) best = { background: scene!.background!, score };
  }
  yield { $case: 'backgroundFitted', value: best! };
  return best!.background;
}

/** Mean row colors of the best photos, the better ones counting more (1, 1/2, 1/3, ...). */
async function photoColors({ photos }: Pick<Collage, 'photos'>, { blobs }: CollageTools): Promise<Color[]> {
  const sums = Array.from({ length: STOP_COUNT }, () => ({ red: 0, green: 0, blue: 0 }));
  let total = 0;
  for (const [rank, photo] of photos.slice(0, PHOTO_COUNT).entries()) {
    const weight = 1 / (rank + 1);
    total += weight;
    for (const [row, color] of (await rowColors(await blobs.get(photo.digest), STOP_COUNT)).entries()) {
      for (const channel of ['red', 'green', 'blue'] as const) sums[row]![channel] += weight * color[channel];
    }
  }
  return sums.map(({ red, green, blue }) => ({ red: red / total, green: green / total, blue: blue / total }));
}

/** Mid-greys with a little color, as the article's random start. */
function randomGreys(random: () => number): Color[] {
  const value = () => 0.5 + 0.125 * random();
  return Array.from({ length: STOP_COUNT }, () => ({ red: value(), green: value(), blue: value() }));
}

function gradient(angleDegrees: number, colors: Color[]): Gradient {
  const last = Math.max(colors.length - 1, 1);
  return { angleDegrees, stops: colors.map((color, index) => ({ offset: index / last, color })) };
}
