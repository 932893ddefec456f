import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '@collage/scene/seeded-random.js';
import type { Program } from './program.js';
import type { TestService } from './test-service.js';

/** How many of each are killed. */
export interface KillCounts {
  worker: number;
  sidecar: number;
  api: number;
  database: number;
}

export interface KillPlan {
  counts: KillCounts;
  /** Mean of the pauses between two kills. */
  meanMilliseconds: number;
  seed: number;
}

/** The share of kills that may fall on a program that is not up yet. */
const EARLY = 0.25;

/**
 * Kills processes with SIGKILL, in a random order and after random pauses (uniform from nearly none to twice the mean), until
 * all of the plan are done or the signal aborts. Resolves to how many of each were.
 */
export async function killAtRandom(
  service: TestService,
  sidecars: Program[],
  { counts, meanMilliseconds, seed }: KillPlan,
  signal: AbortSignal,
): Promise<KillCounts> {
  const random = seededRandom(seed, 'kills');
  const pick = <Item>(items: Item[]): Item => items[Math.floor(random() * items.length)]!;
  // Now and then one that is just coming up; mostly one that is at work.
  const killOne = async (programs: Program[]) => {
    let victims = random() < EARLY ? programs : programs.filter(({ isUp }) => isUp);
    for (; victims.length === 0; victims = programs.filter(({ isUp }) => isUp)) {
      await sleep(50, undefined, { signal });
    }
    pick(victims).signal('SIGKILL');
  };
  const kill = {
    worker: () => killOne(service.workers),
    sidecar: () => killOne(sidecars),
    api: () => killOne(service.apis),
    database: async () => {
      while (!(await service.killDatabase())) await sleep(50, undefined, { signal });
    },
  } satisfies Record<keyof KillCounts, () => Promise<void>>;
  const done: KillCounts = { worker: 0, sidecar: 0, api: 0, database: 0 };
  const left = Object.entries(counts).flatMap(([kind, count]) =>
    Array.from({ length: count }, () => kind as keyof KillCounts),
  );
  try {
    while (left.length > 0) {
      await sleep(2 * meanMilliseconds * random(), undefined, { signal });
      const [kind] = left.splice(Math.floor(random() * left.length), 1);
      await kill[kind!]();
      done[kind!]++;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return done;
}
