import type { CollageEvent_Skipped } from '@collage/proto/collage/v1/collage.js';
import { countSkipped } from './count-skipped.js';
import type { Stage } from './stage-event.js';
import { type StageContext, type StageName, stageSteps, type Unfinished } from './stage-steps.js';

/**
 * Runs one stage on what those before it made: announces it, takes its time, counts what it leaves out. What it is handed
 * stays as it is, so that the stage may be run again.
 * @returns the collage with what the stage made
 * @throws what the stage throws; see `makeCollage`
 */
export async function* runStage(name: StageName, work: Unfinished, context: StageContext): Stage<Unfinished> {
  const { state, ...step } = stageSteps.find((each) => each.name === name)!;
  const { now } = context.tools;
  const skips: CollageEvent_Skipped[] = [];
  const began = now();
  yield { $case: 'stageStarted', value: { state } };
  const stage = step.run(work, context);
  try {
    let next = await stage.next();
    for (; !next.done; next = await stage.next()) {
      if (next.value.$case === 'skipped') skips.push(next.value.value);
      yield next.value;
    }
    const durationSeconds = now() - began;
    yield { $case: 'stageFinished', value: { state, durationSeconds } };
    const { collage, ...made } = next.value;
    return {
      ...work,
      ...made,
      collage: {
        ...work.collage,
        ...collage,
        state,
        skipped: countSkipped(skips, work.collage.skipped),
      },
      spentSeconds: work.spentSeconds + ('isBudgeted' in step ? durationSeconds : 0),
    };
  } finally {
    // Whoever leaves the loop early ends the call under way with it.
    await stage.return(undefined as never);
  }
}
