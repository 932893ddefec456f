import { expect } from 'vitest';
import type { Ask } from './collages-client.js';
import { type KillCounts, killAtRandom } from './killing.js';
import { type Made, makeAll } from './made-under.js';
import { type Recorded, recordedStages } from './recorded-stages.js';
import type { TestSidecars } from './sidecars.js';
import { TestService } from './test-service.js';

export interface Proof {
  asks: Ask[];
  workers: number;
  apis: number;
  sidecars: TestSidecars;
  photos: string;
  kills: KillCounts;
  /** Of the order and the pauses of the kills. */
  seed: number;
}

/**
 * Makes the same collages twice, in two services that share nothing but their sidecars: undisturbed, and while processes are
 * killed, all kills within the time that the first took. Both must come to the same; prints the figures.
 */
export async function proveKills(proof: Proof): Promise<void> {
  const { asks, kills } = proof;
  const undisturbed = await run(proof);
  const meanMilliseconds = (1000 * undisturbed.made.seconds) / sum(kills);
  const killed = await run(proof, meanMilliseconds);
  const figures = {
    collages: asks.length,
    kills: killed.kills,
    seconds: Math.round(killed.made.seconds),
    secondsUndisturbed: Math.round(undisturbed.made.seconds),
    takenUpAgain: killed.recorded.takenUpAgain,
    takeovers: killed.takeovers,
    waits: killed.recorded.waits,
    clientRetries: killed.made.clientRetries,
    startsThatFailed: killed.failedStarts,
  };
  console.log(`kill -9: ${JSON.stringify(figures)}`);
  for (const { recorded, wrongAtEnd, crashes } of [undisturbed, killed]) {
    expect(recorded.wrong).toEqual([]);
    expect(crashes).toEqual([]);
    expect(wrongAtEnd).toEqual([]);
  }
  expect(undisturbed.recorded.takenUpAgain).toBe(0);
  expect(killed.kills).toEqual(kills);
  for (const [index, result] of killed.made.results.entries()) {
    expect(result, `collage ${index}`).toEqual(undisturbed.made.results[index]);
  }
  // Distinct asks gave distinct pictures: nothing was compared with itself.
  expect(new Set(killed.made.results.map(({ pictureDigest }) => pictureDigest)).size).toBe(asks.length);
}

interface Run {
  made: Made;
  recorded: Recorded;
  kills: KillCounts;
  /** Times that a worker took over from a dead one. */
  takeovers: number;
  failedStarts: number;
  /** Ends of programs that nobody killed. */
  crashes: string[];
  wrongAtEnd: string[];
}

async function run({ sidecars, photos, ...proof }: Proof, meanMilliseconds?: number): Promise<Run> {
  const service = await TestService.start({ ...proof, sidecars: sidecars.addresses, photos });
  const none: KillCounts = { worker: 0, sidecar: 0, api: 0, database: 0 };
  const ended = new AbortController();
  let isWell = false;
  try {
    const killing =
      meanMilliseconds === undefined
        ? Promise.resolve(none)
        : killAtRandom(
            service,
            sidecars.programs,
            { counts: proof.kills, meanMilliseconds, seed: proof.seed },
            ended.signal,
          );
    const made = await makeAll(service, proof.asks);
    ended.abort();
    const kills = await killing;
    const recorded = await recordedStages(service, proof.asks.length);
    const wrongAtEnd = await service.stop();
    isWell = wrongAtEnd.length === 0;
    return {
      made,
      recorded,
      kills,
      wrongAtEnd,
      takeovers: service.workers.reduce((all, { lines }) => all + lines.filter(isTakeover).length, 0),
      failedStarts: service.programs.reduce((all, { failedStarts }) => all + failedStarts, 0),
      crashes: service.programs.flatMap(({ crashes }) => crashes),
    };
  } finally {
    ended.abort();
    if (!isWell) console.log(`the logs are in ${service.logFolder}`);
    await service.remove({ keepLogs: !isWell });
  }
}

const isTakeover = (line: string) => line.includes('collages are taken over');
const sum = (kills: KillCounts) => Object.values(kills).reduce((all, count) => all + count, 0);
