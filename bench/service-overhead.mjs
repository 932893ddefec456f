/**
 * A collage over HTTP, queue and database against the bare pipeline: wall time, processor time, seconds added.
 *
 * Both have the same sidecar, the same photos and the same requests, and make each collage in turns, whoever goes first
 * going second the next time; the pictures must be the same to the byte. The service's time is from the request to its last
 * event at the client; the bare pipeline's is a process's that calls makeCollage. Twice, both of quality normal but for the
 * photos, of which there are eight:
 * - `added`: on a fake sidecar, which computes next to nothing and takes 10 ms a step. What the service adds is a matter of
 *   stages and events, and of these there are as many: so the difference says how many seconds it is, over many pairs.
 * - `real`: on a real one (starter models, one thread), in few pairs: what share of a genuine job that is.
 * Processor time is that of all processes (API, worker, PostgreSQL, sidecar, or bare pipeline and sidecar), and depends
 * less on what else a machine does. Bench and client are not counted.
 *
 * Options: --pairs 16  --real-pairs 2 (0: none)
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { processorSeconds } from './collages/processor-seconds.mjs';
import { comparePairs, round } from './service/figures.mjs';
import {
  openService,
  skipWithoutService,
  smallAsk,
  startFakeSidecars,
  startRealSidecars,
  withSidecars,
} from './service/open-service.mjs';
import { startBarePipeline } from './service/start-bare-pipeline.mjs';

const STEP_MILLISECONDS = 10;
const IDLE_SECONDS = 10;
const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '16' },
    'real-pairs': { type: 'string', default: '2' },
  },
});
skipWithoutService();

const added = await withSidecars(
  () => startFakeSidecars(1, STEP_MILLISECONDS, 1),
  (sidecars, photos) => compareOn('added', sidecars, photos, Number(values.pairs)),
);
const realPairs = Number(values['real-pairs']);
const real =
  realPairs > 0 &&
  (await withSidecars(
    () => startRealSidecars(1),
    (sidecars, photos) => compareOn('real', sidecars, photos, realPairs),
  ));
console.log(
  JSON.stringify({
    bench: 'service-overhead',
    cpu: cpus()[0].model,
    cores: cpus().length,
    added,
    real,
    // What many jobs say is added, as a share of a genuine job.
    addedOverReal: real && round(added.wall.addedSeconds / real.wall.floorSeconds),
    target: 'addedOverReal at most 0.05',
  }),
);

/** Makes collages both ways in turns; one small one each comes first, fills caches, and is not counted. */
async function compareOn(name, sidecars, photos, count) {
  const data = mkdtempSync(join(tmpdir(), 'bench-bare-'));
  const bare = await startBarePipeline({
    DATA_DIR: data,
    INFERENCE_ADDRESSES: sidecars.addresses.join(),
    PHOTO_SOURCES: 'none',
    PHOTOS_DIR: photos,
    OFFLINE: 'true',
  });
  const opened = await openService({ workers: 1, sidecars: sidecars.addresses, photos });
  const sidecar = () => processorSeconds(sidecars.programs[0].processId);
  const postmaster = await opened.service.postmaster();
  /** What of it is whose. */
  const ofService = () => {
    const database = processorSeconds(postmaster);
    return { apiAndWorker: processorSeconds(...opened.processIds()) - database, database };
  };
  const byService = costing(makeByService(opened.client), () => ({ ...ofService(), sidecar: sidecar() }));
  const byPipeline = costing(bare.make, () => ({
    pipeline: processorSeconds(bare.processId),
    sidecar: sidecar(),
  }));
  try {
    const pairs = [];
    for (let index = 0; index <= count; index++) {
      const ask = index === 0 ? smallAsk(0) : normalAsk(index);
      const [ours, floor] = await inTurn(index % 2 === 0, byService, byPipeline, ask);
      if (index === 0) continue;
      pairs.push({ ours, floor });
      console.log(JSON.stringify({ name, ours, floor }, rounded));
    }
    const mean = (way) => {
      const meanOf = (part) => pairs.reduce((sum, pair) => sum + pair[way].cpuBy[part], 0) / count;
      return mapped(pairs[0][way].cpuBy, (_, part) => round(meanOf(part)));
    };
    const idle = await costing(() => sleep(1000 * IDLE_SECONDS), ofService)();
    const costs = (what) => comparePairs(pairs.map(({ ours, floor }) => [ours[what], floor[what]]));
    return {
      wall: costs('wall'),
      cpu: costs('cpu'),
      cpuBy: { ours: mean('ours'), floor: mean('floor') },
      idleCores: mapped(idle.cpuBy, (seconds) => round(seconds / IDLE_SECONDS)),
    };
  } finally {
    await opened.close();
    await bare.stop();
    rmSync(data, { recursive: true, force: true });
  }
}

/** As people ask, but that there are only eight photos. */
function normalAsk(index) {
  const { prompt } = smallAsk(index);
  return { prompt, options: { quality: 'QUALITY_NORMAL', seed: 1000 + index } };
}

/** Asks over HTTP and follows the events to the last. */
function makeByService(client) {
  return async (ask) => {
    const id = await client.create(ask, ask.prompt + ask.options.seed);
    const events = await client.events(id);
    if (!events.at(-1).succeeded) throw new Error(`It failed: ${JSON.stringify(events.at(-1))}`);
    return events.filter(({ rendered }) => rendered).at(-1).rendered.pictureDigest;
  };
}

/** A way to make a collage that also says what it cost, in seconds. */
function costing(make, processorTimes) {
  return async (ask) => {
    const before = processorTimes();
    const began = performance.now();
    const result = await make(ask);
    const wall = (performance.now() - began) / 1000;
    const after = processorTimes();
    const cpuBy = mapped(after, (seconds, part) => seconds - before[part]);
    return { result, wall, cpu: Object.values(cpuBy).reduce((sum, part) => sum + part), cpuBy };
  };
}

/** Both ways, in either order; [ours, floor]. Throws where they do not come to the same picture. */
async function inTurn(oursFirst, byService, byPipeline, ask) {
  const [first, second] = oursFirst ? [byService, byPipeline] : [byPipeline, byService];
  const [one, other] = [await first(ask), await second(ask)];
  if (one.result !== other.result) throw new Error(`"${ask.prompt}": the pictures are not the same`);
  return oursFirst ? [one, other] : [other, one];
}

/** The same keys with other values. */
function mapped(object, valueOf) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, valueOf(value, key)]));
}

/** For JSON.stringify: numbers that can be read, and no digests. */
function rounded(key, value) {
  if (key === 'result') return undefined;
  return typeof value === 'number' ? round(value) : value;
}
