import type { CollageQueue } from '@collage/collages/collage-queue.js';
import { CACHE_SHARE, keepHouse, type SweepableStores } from '@collage/collages/housekeeping.js';
import { type SweepableCache, sweepCache } from '@collage/collages/sweep-cache.js';
import type { Config } from '@collage/config/config.js';
import type { Database } from '@collage/database/database.js';
import type { JsonLog } from '@collage/config/json-log.js';
import type { WorkerMetrics } from './worker-metrics.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** The first round is not in the way of starting. */
const FIRST_AFTER_MILLISECONDS = MINUTE;
const EVERY_MILLISECONDS = 60 * MINUTE;
/** Of all workers' rounds; less than each waits, for clocks and timers are not exact. */
const LEAST_MILLISECONDS = EVERY_MILLISECONDS - MINUTE;
/** Of a workflow that has ended nothing is needed but by whoever looks into a fault. */
const WORKFLOW_DAYS = 7;
const GIBIBYTE = 2 ** 30;

/** The time; the system's, or a test's. */
export interface HousekeeperClock {
  /** Absent: the database's time counts, not each worker's own. */
  now?(): Date;
  /** Does work after a while, once; gives what calls it off. */
  after(milliseconds: number, work: () => Promise<void>): () => void;
}

/** The system's time. */
export const systemClock: HousekeeperClock = {
  after(milliseconds, work) {
    const timer = setTimeout(() => void work(), milliseconds);
    return () => clearTimeout(timer);
  },
};

/** What housekeeping deletes from. */
export interface KeptPlaces extends SweepableStores {
  /** What this worker fetched; each has its own, in DATA_DIR. */
  fetched: SweepableCache;
}

/** Sees to it that house is kept every hour while workers run: each looks every hour, and does it where none has. */
export class Housekeeper {
  private callOff = () => {};
  private keeping?: Promise<void>;
  private stopped = false;

  constructor(
    private readonly database: Database,
    private readonly queue: Pick<CollageQueue, 'forgetEnded'>,
    private readonly places: KeptPlaces,
    private readonly config: Config,
    private readonly clock: HousekeeperClock,
    private readonly log: JsonLog,
    private readonly metrics: WorkerMetrics,
  ) {}

  start(): void {
    this.again(FIRST_AFTER_MILLISECONDS);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.callOff();
    await this.keeping;
  }

  private again(milliseconds: number): void {
    if (this.stopped) return;
    this.callOff = this.clock.after(milliseconds, () => {
      const told = (error: unknown) => this.log.error(`Housekeeping failed: ${String(error)}`);
      this.keeping = this.keepFetched()
        .catch(told)
        .then(() => this.keep())
        .catch(told)
        .finally(() => this.again(EVERY_MILLISECONDS));
      return this.keeping;
    });
  }

  /**
   * What was fetched is kept for good, unless it takes more than a tenth of the budget: then what was not used for longest
   * goes, save where it could not be fetched again.
   */
  private async keepFetched(): Promise<void> {
    const limitBytes = (!this.config.OFFLINE && CACHE_SHARE * this.budgetBytes) || Infinity;
    const swept = await sweepCache(this.places.fetched, { before: new Date(0), limitBytes });
    this.metrics.fetchedBytes.set(swept.storedBytes);
    this.metrics.cleared.inc({ kind: 'fetched' }, swept.deletedCount);
  }

  private get budgetBytes(): number {
    return this.config.DISK_BUDGET_GIBIBYTES * GIBIBYTE;
  }

  private async keep(): Promise<void> {
    const { EVENT_DAYS, STAGE_DAYS, COLLAGE_DAYS, UNUSED_HOURS } = this.config;
    const retention = {
      eventDays: EVENT_DAYS,
      stageDays: STAGE_DAYS,
      collageDays: COLLAGE_DAYS,
      unusedHours: UNUSED_HOURS,
      budgetBytes: this.budgetBytes,
    };
    const kept = await keepHouse(this.database, this.places, retention, {
      everyMilliseconds: LEAST_MILLISECONDS,
      now: this.clock.now?.(),
    });
    if (!kept) return;
    const workflows = await this.queue.forgetEnded(new Date(kept.at.getTime() - WORKFLOW_DAYS * DAY));
    const { storedBytes, derivedBytes, isOverBudget, deletedCount: blobs } = kept;
    const { events, stages, pictures, collages, derived } = kept;
    const cleared = { blobs, events, stages, pictures, collages, derived, workflows };
    this.metrics.storedBytes.set(storedBytes);
    this.metrics.derivedBytes.set(derivedBytes);
    for (const [kind, count] of Object.entries(cleared)) this.metrics.cleared.inc({ kind }, count);
    this.log.write('info', 'house was kept', { storedBytes, derivedBytes, ...cleared });
    if (isOverBudget) {
      this.log.write(
        'warning',
        `Blobs take ${storedBytes} bytes and what models computed ${derivedBytes}, more than DISK_BUDGET_GIBIBYTES ` +
          'allows, and all that nobody needs is cleared away. Delete collages or uploaded photos, set COLLAGE_DAYS, or ' +
          'raise the budget.',
      );
    }
  }
}
