import type { Blobs } from '@collage/blobs/blobs.js';
import type { Database } from '@collage/database/database.js';
import type { CollageTools } from '@collage/pipeline/collage-tools.js';
import { beginCollage, finishedCollage } from '@collage/pipeline/make-collage.js';
import { runStage } from '@collage/pipeline/run-stage.js';
import type { StageEvent } from '@collage/pipeline/stage-event.js';
import { type StageName, stageNames, stageSteps, type Unfinished } from '@collage/pipeline/stage-steps.js';
import type { CollageRecord } from './collage-record.js';
import type { CollageStore } from './collage-store.js';
import { CollagesError } from './collages-error.js';
import { EventBatch } from './event-batch.js';
import type { EventLog } from './event-log.js';
import { failureOf } from './failure.js';
import type { Outage } from '@collage/pipeline/outage.js';
import { type Patience, withPatience } from './patience.js';
import { STAGE_VERSION } from './stage-version.js';
import { StoredCheckpoints } from './stored-checkpoints.js';
import { getUnfinished, putUnfinished } from './unfinished-in-blobs.js';

/** Runs a piece of work and remembers its result: in a later run it is not done again. */
export type Step = <Result>(name: string, work: () => Promise<Result>) => Promise<Result>;

/** Hears what happens, for logs and figures. */
export interface MakerObserver {
  stageEnded(collageId: string, stage: StageName, durationSeconds: number): void;
  waiting(collageId: string, stage: StageName, outage: Outage, waitMilliseconds: number): void;
  ended(collageId: string, state: 'succeeded' | 'failed' | 'cancelled', reason?: string): void;
}

/** The signal's reason when a worker stops: its collages are for another to go on with. */
export class WorkerStopping extends Error {
  override readonly name = 'WorkerStopping';
}

/** What one collage is made with, all its stages, until `end` is called. */
export interface MakingTools extends CollageTools {
  /** Lets go of what is held for it; absent: nothing is. */
  end?(): void;
}

interface Making {
  id: string;
  run: number;
  signal: AbortSignal;
}

interface MakingStage extends Making {
  tools: CollageTools;
  /** What the last try told and did not write: written with the failure, if it is one. */
  unwritten: StageEvent[];
}

/**
 * Makes stored collages, stage by stage. Each stage begins with what the one before left in the blob store and is recorded
 * with the event that says it has ended: so any worker may go on where another was cut off, and none does a stage again
 * that has ended.
 */
export class CollageMaker {
  constructor(
    private readonly database: Database,
    private readonly store: CollageStore,
    private readonly log: EventLog,
    private readonly toolsOf: (record: CollageRecord) => MakingTools,
    private readonly patience: Patience,
    private readonly observer: MakerObserver,
    private readonly stageVersion = STAGE_VERSION,
  ) {}

  /**
   * Makes one collage, to its end or to where the signal stops it. A collage that fails ends with a Failed event; that is
   * no error here.
   * @throws CollagesError COLLAGE_TAKEN_OVER, WorkerStopping
   */
  async make(id: string, step: Step, signal: AbortSignal): Promise<void> {
    const begun = await this.begin(id, signal);
    if (begun === undefined) return;
    // The same for all stages: what one has put into a sidecar the next finds there.
    const tools = this.toolsOf(begun.record);
    try {
      for (const stage of begun.stages) {
        const goesOn = await step(stage, () =>
          this.runStage({ id, run: begun.run, signal, tools, unwritten: [] }, stage),
        );
        if (!goesOn) return;
      }
    } finally {
      tools.end?.();
    }
  }

  /** Takes the collage up; undefined where it has ended. */
  private async begin(
    id: string,
    signal: AbortSignal,
  ): Promise<{ run: number; record: CollageRecord; stages: StageName[] } | undefined> {
    try {
      return await this.patiently({ id, run: 0, signal }, stageNames[0]!, async () => {
        const run = await this.log.beginRun(id, this.stageVersion);
        const record = await this.store.get(id);
        const { origin } = record;
        return { run, record, stages: stageNames.slice(origin ? stageNames.indexOf(origin.stage) : 0) };
      });
    } catch (error) {
      if (isOver(error)) return undefined;
      throw error;
    }
  }

  /** One stage, unless it has ended before. False where nothing comes after it: the collage has failed or is cancelled. */
  private async runStage(making: MakingStage, stage: StageName): Promise<boolean> {
    const { id, signal } = making;
    try {
      await this.patiently(making, stage, () => this.tryStage(making, stage));
      return true;
    } catch (error) {
      if (signal.aborted && signal.reason instanceof WorkerStopping) throw signal.reason;
      if (isOver(error) || signal.aborted) {
        this.observer.ended(id, 'cancelled');
        return false;
      }
      if (error instanceof CollagesError && error.reason === 'COLLAGE_TAKEN_OVER') throw error;
      await this.fail(making, stage, error);
      return false;
    }
  }

  private async tryStage(making: MakingStage, stage: StageName): Promise<void> {
    const { id, run, signal, tools } = making;
    const finished = await this.log.finishedStages(id);
    if (finished.has(stage)) return;
    const record = await this.store.get(id);
    const work = await workFor(stage, record, finished, tools.blobs, this.stageVersion);
    const batch = new EventBatch((events) => this.log.append(id, run, events));
    const checkpoints = new StoredCheckpoints(this.database, id, run);
    const running = runStage(stage, work, { tools, signal, checkpoints });
    const atEnd: StageEvent[] = [];
    try {
      let next = await running.next();
      for (; !next.done; next = await running.next()) {
        if (next.value.$case === 'stageFinished') atEnd.push(next.value);
        else await batch.add(next.value);
      }
      const output = next.value;
      const isLast = stage === stageNames.at(-1);
      if (isLast) atEnd.push({ $case: 'succeeded', value: { collage: finishedCollage(output) } });
      const kept = await putUnfinished(tools.blobs, output);
      const events = [...(await batch.end()), ...atEnd];
      await this.log.append(id, run, events, { stage, collage: output.collage, ...kept });
      const [last] = atEnd;
      if (last?.$case === 'stageFinished') this.observer.stageEnded(id, stage, last.value.durationSeconds);
      if (isLast) this.observer.ended(id, 'succeeded');
    } finally {
      await running.return(undefined as never);
      making.unwritten = await batch.end().catch(() => []);
    }
  }

  /** Writes that it failed, and what was told just before: what was left out may be why. However long that takes. */
  private async fail(making: MakingStage, stage: StageName, error: unknown): Promise<void> {
    const { id, run, unwritten } = making;
    const failed = failureOf(error);
    const events: StageEvent[] = [...unwritten, { $case: 'failed', value: failed }];
    try {
      await this.patiently(making, stage, () => this.log.append(id, run, events));
      this.observer.ended(id, 'failed', failed.reason);
    } catch (refusal) {
      // It was cancelled, or failed already: what was written came through, only its acknowledgment did not.
      if (!isOver(refusal)) throw refusal;
    }
  }

  private patiently<Result>(
    { id, run, signal }: Making,
    stage: StageName,
    work: () => Promise<Result>,
  ): Promise<Result> {
    let told = '';
    return withPatience(
      work,
      this.patience,
      async (outage, waitMilliseconds) => {
        this.observer.waiting(id, stage, outage, waitMilliseconds);
        // Once for each reason: a long outage is one line of the story.
        if (told === outage.reason) return;
        told = outage.reason;
        const { reason, message } = outage;
        const { state } = stageSteps.find(({ name }) => name === stage)!;
        const waiting: StageEvent = { $case: 'waiting', value: { state, reason, message } };
        // The database may be what is away.
        await this.log.append(id, run, [waiting]).catch(() => {});
      },
      signal,
    );
  }
}

/** What a stage begins with: what the one before it left. */
async function workFor(
  stage: StageName,
  { id, collage, options, origin, stageVersion }: CollageRecord,
  finished: ReadonlyMap<StageName, string>,
  blobs: Blobs,
  ownVersion: string,
): Promise<Unfinished> {
  const before = stageNames[stageNames.indexOf(stage) - 1];
  const left = before && finished.get(before);
  if (left !== undefined) return getUnfinished(blobs, left);
  if (!origin) return beginCollage({ id, prompt: collage.prompt, options });
  if (stageVersion !== ownVersion) throw otherVersion(origin.collageId, stage);
  return startFromOther(await getUnfinished(blobs, origin.baseDigest), { id, collage, options });
}

function otherVersion(collageId: string, stage: StageName): CollagesError {
  return new CollagesError(
    'STAGE_NOT_KEPT',
    `Expected what a stage of collage ${collageId} left to be of this version of the program but received another's, as ` +
      `there was an upgrade since: "${stage}" cannot begin with it. Ask for a new collage.`,
  );
}

/**
 * Another collage's work, under this one's name. What its options say was done is kept: under a time budget that is more
 * than was asked for.
 */
function startFromOther(
  base: Unfinished,
  { id, collage, options }: { id: string; collage: Unfinished['collage']; options: Unfinished['options'] },
): Unfinished {
  return { ...base, options, collage: { ...base.collage, id, prompt: collage.prompt } };
}

/** Whether an error says that the collage has ended or is gone. */
function isOver(error: unknown): boolean {
  return error instanceof CollagesError && ['COLLAGE_ENDED', 'COLLAGE_UNKNOWN'].includes(error.reason);
}
