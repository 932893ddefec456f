import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { binaries, skipNote, testDatabases } from '@collage/database/testing/test-databases.js';
import { startFakeInferenceServer } from '@collage/inference/testing/fake-inference-server.js';
import { stageNames } from '@collage/pipeline/stage-steps.js';
import { freePort } from '../faults/free-port.js';
import { isCompiled } from './service.js';
import { smallRequest, storedCollages } from './stored-collages.js';

const open = storedCollages(testDatabases());

/** Samples of Prometheus' text format: "name{labels}" to value. Throws on a line that is none. */
function samplesOf(text: string): Record<string, number> {
  const samples: Record<string, number> = {};
  for (const line of text.split('\n').filter((each) => each !== '' && !each.startsWith('#'))) {
    const [, name, value] = /^([a-z_][a-z0-9_]*(?:\{.*\})?) (\S+)$/i.exec(line) ?? [];
    if (name === undefined) throw new Error(`Expected a sample but received ${line}`);
    samples[name] = Number(value);
  }
  return samples;
}

describe.skipIf(!binaries || !isCompiled)(
  `a worker's /metrics (${skipNote}${isCompiled ? '' : '; skipped: not compiled'})`,
  { timeout: 240_000 },
  () => {
    let sidecar: Awaited<ReturnType<typeof startFakeInferenceServer>>;
    beforeAll(async () => {
      sidecar = await startFakeInferenceServer({ stepMilliseconds: 50 });
    });
    afterAll(() => sidecar.stop());

    it('say what it makes, what has ended and why, and how long stages took', async () => {
      const { store, stream, log, work, eventsOf } = await open();
      const port = await freePort();
      const worker = work([sidecar.address], { WORKER_METRICS_PORT: String(port) });
      const metrics = async () => {
        const response = await fetch(`http://127.0.0.1:${port}/metrics`);
        expect(response.status).toBe(200);
        expect(response.headers.get('Content-Type')).toMatch(/^text\/plain; version=0\.0\.4/);
        return samplesOf(await response.text());
      };
      await worker.wrote(({ message }) => message === 'the worker is ready');
      expect((await metrics()).collage_worker_collages_being_made).toBe(0);

      // A climb of a minute, unless it is cancelled.
      const long = { ...smallRequest, options: { ...smallRequest.options, iterationCount: 1200 } };
      const { id } = (await store.create(long)).record;
      for await (const { event } of stream.follow(id, 0)) if (event?.$case === 'optimized') break;
      expect((await metrics()).collage_worker_collages_being_made).toBe(1);
      await log.cancel(id, 'ann');
      const ids = [
        (await store.create(smallRequest)).record.id,
        (await store.create({ ...smallRequest, prompt: 'to be or not to be' })).record.id,
      ];
      for (const each of ids) await eventsOf(each);
      const ended = (state: string, reason = '') =>
        `collage_worker_collages_ended_total{state="${state}",reason="${reason}"}`;
      await vi.waitFor(async () => {
        expect(await metrics()).toMatchObject({
          collage_worker_collages_being_made: 0,
          [ended('cancelled')]: 1,
          [ended('succeeded')]: 1,
          [ended('failed', 'PROMPT_EMPTY')]: 1,
        });
      }, 20_000);
      const samples = await metrics();
      for (const stage of stageNames) {
        expect(samples[`collage_worker_stage_duration_seconds_count{stage="${stage}"}`]).toBeGreaterThan(0);
      }
      expect(samples.process_resident_memory_bytes).toBeGreaterThan(1e6);
    });

    it('are all that it answers, and nothing where no port is named', async () => {
      const { work } = await open();
      const port = await freePort();
      const told = work([sidecar.address], { WORKER_METRICS_PORT: String(port) });
      await told.wrote(({ message }) => message === 'the worker is ready');
      expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
      expect((await fetch(`http://127.0.0.1:${port}/metrics`, { method: 'POST' })).status).toBe(404);
      told.process.kill('SIGTERM');
      expect(await told.exited).toBe(0);
      await expect(fetch(`http://127.0.0.1:${port}/metrics`)).rejects.toThrow('fetch failed');
      const silent = work([sidecar.address]);
      await silent.wrote(({ message }) => message === 'the worker is ready');
      await expect(fetch(`http://127.0.0.1:${port}/metrics`)).rejects.toThrow('fetch failed');
    });
  },
);
