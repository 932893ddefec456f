import type { BlobStore } from '@collage/blobs/blob-store.js';
import type { CollageQueue } from '@collage/collages/collage-queue.js';
import { keepHouse } from '@collage/collages/housekeeping.js';
import type { Config } from '@collage/config/config.js';
import type { Database } from '@collage/database/database.js';
import type { JsonLog } from '@collage/config/json-log.js';
import type { WorkerMetrics } from './worker-metrics.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** The first round is not in the way of starting. */
const FIRST_AFTER_MILLISECONDS = MINUTE;
const EVERY_MILLISECONDS = 60 * MINUTE;
/** Of a workflow that has ended nothing is needed but by whoever looks into a fault. */
const WORKFLOW_DAYS = 7;
const GIBIBYTE = 2 ** 30;

/** Keeps house every hour while the worker runs; of several workers one at a time does. */
export class Housekeeper {
  private timer?: NodeJS.Timeout;
  private keeping?: Promise<void>;
  private stopped = false;

  constructor(
    private readonly database: Database,
    private readonly queue: CollageQueue,
    private readonly blobs: BlobStore,
    private readonly config: Config,
    private readonly now: () => Date,
    private readonly log: JsonLog,
    private readonly metrics: WorkerMetrics,
  ) {}

  start(): void {
    this.again(FIRST_AFTER_MILLISECONDS);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.keeping;
  }

  private again(milliseconds: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.keeping = this.keep()
        .catch((error: unknown) => this.log.error(`Housekeeping failed: ${String(error)}`))
        .finally(() => this.again(EVERY_MILLISECONDS));
    }, milliseconds);
  }

  private async keep(): Promise<void> {
    const { EVENT_DAYS, STAGE_DAYS, COLLAGE_DAYS, UNUSED_HOURS, DISK_BUDGET_GIBIBYTES } = this.config;
    const retention = {
      eventDays: EVENT_DAYS,
      stageDays: STAGE_DAYS,
      collageDays: COLLAGE_DAYS,
      unusedHours: UNUSED_HOURS,
      budgetBytes: DISK_BUDGET_GIBIBYTES * GIBIBYTE,
    };
    const now = this.now();
    const kept = await keepHouse(this.database, this.blobs, retention, now);
    if (!kept) return;
    const workflows = await this.queue.forgetEnded(new Date(now.getTime() - WORKFLOW_DAYS * DAY));
    const { storedBytes, isOverBudget, deletedCount: blobs, events, stages, collages } = kept;
    const cleared = { blobs, events, stages, collages, workflows };
    this.metrics.storedBytes.set(storedBytes);
    for (const [kind, count] of Object.entries(cleared)) this.metrics.cleared.inc({ kind }, count);
    this.log.write('info', 'house was kept', { storedBytes, ...cleared });
    if (isOverBudget) {
      this.log.write(
        'warning',
        `Blobs take ${storedBytes} bytes, more than DISK_BUDGET_GIBIBYTES allows, and all that nobody needs is cleared ` +
          'away. Delete collages, set COLLAGE_DAYS, or raise the budget.',
      );
    }
  }
}
