import type { Blobs } from '@collage/blobs/blobs.js';
import { OptionInvalidError, resolveOptions } from '@collage/pipeline/resolve-options.js';
import type { StageName, Unfinished } from '@collage/pipeline/stage-steps.js';
import type { CollageOptions } from '@collage/proto/collage/v1/collage.js';
import type { CollageRecord } from './collage-record.js';
import type { CollageStore, NewCollage } from './collage-store.js';
import { effortOptions, optionStages } from './option-stages.js';
import { stageOrder } from './stage-order.js';
import { STAGE_VERSION } from './stage-version.js';
import { getUnfinished, putUnfinished } from './unfinished-in-blobs.js';

/** What another collage is to be made with: as `CollageStore.create` takes it. */
export type MadeAgain = Pick<NewCollage, 'prompt' | 'options' | 'origin' | 'baseNamedDigests'>;

/**
 * A collage once more, from a stage on, with other options: what the stages before it found stays. The one it begins
 * with is not touched.
 * @param given options that are to be other than before; only such as the stage or a later one reads
 * @throws OptionInvalidError; CollagesError STAGE_NOT_KEPT where it has not got as far, or another version made it
 */
export async function madeAgain(
  record: CollageRecord,
  stage: StageName,
  given: Partial<CollageOptions>,
  store: CollageStore,
  blobs: Blobs,
): Promise<MadeAgain> {
  const { id, collage } = record;
  const place = stageOrder.indexOf(stage);
  for (const name of Object.keys(given) as (keyof CollageOptions)[]) {
    const last = optionStages[name];
    if (stageOrder.indexOf(last) >= place) continue;
    throw new OptionInvalidError(
      `options.${name}`,
      `an option that "${stage}" or a later stage reads (for this one begin with "${last}")`,
      given[name],
    );
  }
  const options = { ...kept(record.options, given), ...given };
  if (place === 0) return { prompt: collage.prompt, options };
  const origin = record.stageVersion === STAGE_VERSION ? record.origin : undefined;
  // One that was itself made again from this stage has no stage before it, but what it began with.
  const before =
    origin?.stage === stage ? origin.baseDigest : await store.stageOutput(id, stageOrder[place - 1]!);
  const base = await getUnfinished(blobs, before);
  const resolved = resolveOptions(options);
  base.options = resolved;
  // In a time budget, what was done in the stages before is part of the recipe.
  base.collage.options = resolved.timeBudgetSeconds > 0 ? doneBefore(base, resolved, place) : resolved;
  const { outputDigest: baseDigest, namedDigests: baseNamedDigests } = await putUnfinished(blobs, base);
  return { prompt: collage.prompt, options, origin: { collageId: id, stage, baseDigest }, baseNamedDigests };
}

/** The options as asked before, without the counts that a new quality or time budget sets anew. */
function kept(options: CollageOptions, given: Partial<CollageOptions>): Partial<CollageOptions> {
  if (given.quality === undefined && given.timeBudgetSeconds === undefined) return options;
  return Object.fromEntries(
    Object.entries(options).filter(([name]) => !(effortOptions as readonly string[]).includes(name)),
  );
}

function doneBefore(base: Unfinished, resolved: CollageOptions, place: number): CollageOptions {
  const done = base.collage.options!;
  const earlier = effortOptions.filter((name) => stageOrder.indexOf(optionStages[name]) < place);
  return { ...resolved, ...Object.fromEntries(earlier.map((name) => [name, done[name]])) };
}
