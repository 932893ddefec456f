import { Collage, Collage_State as State, CollageEvent } from '@collage/proto/collage/v1/collage.js';
import type { CollageOptions } from '@collage/proto/collage/v1/collage.js';
import type { CollageTools } from './collage-tools.js';
import { resolveOptions } from './resolve-options.js';
import { runStage } from './run-stage.js';
import type { StageEvent } from './stage-event.js';
import { type StageName, stageNames, type Unfinished } from './stage-steps.js';

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
  const numbered = (event: StageEvent): CollageEvent => ({ sequence: ++sequence, event });
  let work = beginCollage(request);
  for (const name of stageNames) {
    signal?.throwIfAborted();
    const stage = runStage(name, work, { tools, signal });
    try {
      let step = await stage.next();
      for (; !step.done; step = await stage.next()) yield numbered(step.value);
      work = step.value;
    } finally {
      await stage.return(undefined as never);
    }
    if (name === request.stopAfter) return work.collage;
  }
  const collage = finishedCollage(work);
  yield numbered({ $case: 'succeeded', value: { collage } });
  return collage;
}

/**
 * A collage before its first stage.
 * @throws OptionInvalidError
 */
export function beginCollage({
  id,
  prompt,
  options: wanted,
}: Pick<CollageRequest, 'id' | 'prompt' | 'options'>): Unfinished {
  const options = resolveOptions(wanted);
  const collage = Collage.create({ id, prompt, options });
  return {
    collage,
    options,
    spareCutouts: [],
    sparePhotos: [],
    spentSeconds: 0,
    rendered: undefined,
  };
}

/** The collage after its last stage. */
export function finishedCollage({ collage }: Unfinished): Collage {
  return { ...collage, state: State.SUCCEEDED };
}
