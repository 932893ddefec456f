/**
 * Jobs an hour against workers x sidecars, each way against one worker and one sidecar.
 *
 * The sidecars are fakes that sleep: 100 ms a step, one climb's step at a time, as a real one has one thread. So jobs take
 * time and next to no processor, and what is seen is how queue, workers and pool share the work out, not how many cores this
 * machine has. Each way is asked for six jobs a worker at once; the time is from the first request to the end of the last.
 * Workers that share a sidecar overlap what they do beside it (search, pictures), and so are a little faster than one.
 *
 * Options: --jobs-per-worker 6  --ways 1x1,2x1,2x2,4x2,4x4
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { round } from './service/figures.mjs';
import {
  openService,
  skipWithoutService,
  smallAsk,
  startFakeSidecars,
  withSidecars,
} from './service/open-service.mjs';

const STEP_MILLISECONDS = 100;
const { values } = parseArgs({
  options: {
    'jobs-per-worker': { type: 'string', default: '6' },
    ways: { type: 'string', default: '1x1,2x1,2x2,4x2,4x4' },
  },
});
const JOBS_PER_WORKER = Number(values['jobs-per-worker']);
const WAYS = values.ways.split(',').map((way) => way.split('x').map(Number));
skipWithoutService();

const figures = {};
let single;
for (const [workers, sidecarCount] of WAYS) {
  const way = `${workers}x${sidecarCount}`;
  const jobsPerHour = await withSidecars(
    () => startFakeSidecars(sidecarCount, STEP_MILLISECONDS, 1),
    (sidecars, photos) => measure(workers, sidecars, photos),
  );
  single ??= jobsPerHour;
  figures[way] = {
    ratio: round(jobsPerHour / single),
    best: Math.min(workers, sidecarCount),
    jobsPerHour: Math.round(jobsPerHour),
  };
  console.log(JSON.stringify({ way, ...figures[way] }));
}
console.log(
  JSON.stringify({ bench: 'service-scaling', cpu: cpus()[0].model, cores: cpus().length, ...figures }),
);

/** Jobs an hour. One a worker is made before, uncounted, for its caches and its code. */
async function measure(workers, sidecars, photos) {
  const { client, close } = await openService({ workers, sidecars: sidecars.addresses, photos });
  try {
    await makeAll(client, 'before', workers);
    const jobs = JOBS_PER_WORKER * workers;
    const began = performance.now();
    await makeAll(client, 'counted', jobs);
    return jobs / ((performance.now() - began) / 3_600_000);
  } finally {
    await close();
  }
}

async function makeAll(client, name, count) {
  const asks = Array.from({ length: count }, (_, index) => smallAsk(index, { iterationCount: 60 }));
  const ids = await Promise.all(asks.map((ask, index) => client.create(ask, `${name} ${index}`)));
  const ends = await Promise.all(ids.map(async (id) => (await client.events(id)).at(-1)));
  const failed = ends.filter(({ succeeded }) => !succeeded);
  if (failed.length > 0) throw new Error(`${failed.length} failed: ${JSON.stringify(failed[0])}`);
}
