/**
 * How soon a request is queued and work on it starts; what API requests take while a job runs against when none does.
 *
 * - `start`: fifty small collages, one after the other with random pauses, on a fake sidecar: from the request to its answer
 *   (`answered`); to the Queued event, the first of the stream that is asked for then (`queued`); to the event that says that
 *   its first stage has begun (`firstStage`); and, by the database, from when it was stored to when a worker took it up
 *   (`takenUp`). Over HTTP, as a client sees it.
 * - `requests`: a collage, the list, and all events of a collage that has ended, fifty a second in turns, while a real
 *   sidecar (one thread) makes a collage of quality normal, against while nothing is made; busy and idle spells in turns.
 *
 * Options: --jobs 50  --spells 3  --spell-seconds 20
 */
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { percentiles, round } from './service/figures.mjs';
import {
  openService,
  skipWithoutService,
  smallAsk,
  startFakeSidecars,
  startRealSidecars,
  withSidecars,
} from './service/open-service.mjs';

const STEP_MILLISECONDS = 10;
const LONGEST_PAUSE_MILLISECONDS = 500;
const BETWEEN_MILLISECONDS = 20;
const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '50' },
    spells: { type: 'string', default: '3' },
    'spell-seconds': { type: 'string', default: '20' },
  },
});
const [JOBS, SPELLS, SPELL_SECONDS] = [values.jobs, values.spells, values['spell-seconds']].map(Number);
skipWithoutService();

const start = await withSidecars(() => startFakeSidecars(1, STEP_MILLISECONDS), measureStarts);
const requests = SPELLS > 0 && (await withSidecars(() => startRealSidecars(1), measureRequests));
console.log(
  JSON.stringify({
    bench: 'service-latency',
    cpu: cpus()[0].model,
    cores: cpus().length,
    start,
    requests,
    target: 'start.queued.p99 below 300 (ms)',
  }),
);

/** Milliseconds from the request to what follows it. */
async function measureStarts(sidecars, photos) {
  const { service, client, close } = await openService({ workers: 1, sidecars: sidecars.addresses, photos });
  try {
    const times = { answered: [], queued: [], firstStage: [] };
    for (let index = 0; index <= JOBS; index++) {
      await sleep(LONGEST_PAUSE_MILLISECONDS * Math.random());
      const began = performance.now();
      const id = await client.create(smallAsk(index), `${index}`);
      const taken = { answered: performance.now() - began };
      const events = await client.events(id, (event) => {
        if (event.queued) taken.queued ??= performance.now() - began;
        if (event.stageStarted) taken.firstStage ??= performance.now() - began;
      });
      if (!events[0].queued || !events[1].stageStarted || !events.at(-1).succeeded) {
        throw new Error(`It was not made in order: ${JSON.stringify([events[0], events[1], events.at(-1)])}`);
      }
      // The first finds no caches, and code that has not run before.
      if (index === 0) continue;
      for (const [what, milliseconds] of Object.entries(taken)) times[what].push(milliseconds);
    }
    const rows = await service.query(
      `SELECT extract(epoch FROM started_at - created_at)::float8 AS seconds FROM collage ORDER BY created_at OFFSET 1`,
    );
    return {
      answered: percentiles(times.answered),
      queued: percentiles(times.queued),
      firstStage: percentiles(times.firstStage),
      takenUp: percentiles(rows.map(({ seconds }) => 1000 * seconds)),
    };
  } finally {
    await close();
  }
}

/** Milliseconds of each kind of request, idle and busy, and busy over idle. */
async function measureRequests(sidecars, photos) {
  const { service, client, close } = await openService({ workers: 1, sidecars: sidecars.addresses, photos });
  try {
    const ended = await client.create(smallAsk(0), 'ended');
    await client.events(ended);
    const [address] = service.addresses;
    const paths = {
      collage: `/v1/collages/${ended}`,
      list: '/v1/collages',
      events: `/v1/collages/${ended}/events`,
    };
    const taken = { idle: {}, busy: {} };
    for (let spell = 1; spell <= SPELLS; spell++) {
      await takeTimes(address, paths, taken.idle);
      const { prompt } = smallAsk(spell);
      const id = await client.create({ prompt, options: { quality: 'QUALITY_NORMAL' } }, `busy ${spell}`);
      const { isClimbing, ended } = watch(client, id);
      await isClimbing;
      await takeTimes(address, paths, taken.busy);
      const { state } = await client.get(id);
      if (state === 'STATE_SUCCEEDED')
        console.log(`busy ${spell}: the job ended before the spell; take shorter spells`);
      await fetch(`${address}/v1/collages/${id}:cancel`, { method: 'POST' });
      await ended;
    }
    return Object.fromEntries(
      Object.keys(paths).map((kind) => {
        const [idle, busy] = [taken.idle, taken.busy].map((times) => percentiles(times[kind]));
        const busyOverIdle = { p50: round(busy.p50 / idle.p50), p99: round(busy.p99 / idle.p99) };
        return [kind, { idle, busy, busyOverIdle }];
      }),
    );
  } finally {
    await close();
  }
}

/** Follows a job: when its sidecar has begun to compute, when it has ended. */
function watch(client, id) {
  let climbs;
  const isClimbing = new Promise((resolve) => (climbs = resolve));
  const ended = client.events(id, (event) => {
    if (event.stageStarted?.state === 'STATE_COLORING_BACKGROUND') climbs();
  });
  return { isClimbing: Promise.race([isClimbing, ended]), ended };
}

/** Asks for each in turn until the spell is over, and adds the milliseconds that each whole answer took. */
async function takeTimes(address, paths, times) {
  const until = performance.now() + 1000 * SPELL_SECONDS;
  while (performance.now() < until) {
    for (const [kind, path] of Object.entries(paths)) {
      const began = performance.now();
      const response = await fetch(`${address}${path}`);
      await response.arrayBuffer();
      if (response.status !== 200) throw new Error(`${path}: ${response.status}`);
      (times[kind] ??= []).push(performance.now() - began);
      await sleep(BETWEEN_MILLISECONDS);
    }
  }
}
