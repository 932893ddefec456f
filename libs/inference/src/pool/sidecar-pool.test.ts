import { Parameter } from '@collage/proto/collage/v1/composition_service.js';
import type { Scene } from '@collage/proto/collage/v1/scene.js';
import sharp from 'sharp';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { fakeModel, fakePerceptor, fakeSegmenter } from '../testing/fake-model.js';
import { type FakeInferenceServer, startFakeInferenceServer } from '../testing/fake-inference-server.js';
import { type Relay, startRelay } from '../testing/relay.js';
import { SidecarPool, type PoolOptions } from './sidecar-pool.js';

/** A sidecar that can be made to die and to hang. */
interface Standing extends Relay {
  server: FakeInferenceServer;
}

const closing: Array<() => void> = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

async function stand(stepMilliseconds = 0): Promise<Standing> {
  const server = await startFakeInferenceServer({ stepMilliseconds });
  const relay = await startRelay(server.address);
  closing.push(() => relay.die(), server.stop);
  return { ...relay, server };
}

/**
 * A quick pool, which picks the earliest of equally busy sidecars. They are in this process: on a busy machine a check
 * takes its time without anyone having hung.
 */
function poolOf(sidecars: Array<{ address: string }>, options: PoolOptions = {}): SidecarPool {
  const quick = { pollMilliseconds: 20, checkMilliseconds: 2000, waitMilliseconds: 2000, pick: () => 0 };
  const pool = new SidecarPool(
    sidecars.map(({ address }) => address),
    { ...quick, ...options },
  );
  closing.push(() => pool.close());
  return pool;
}

const statesOf = (pool: SidecarPool) => pool.describe().map(({ state }) => state);
const busyOf = (pool: SidecarPool) => pool.describe().map(({ busy }) => busy);
const jobsOf = (pool: SidecarPool) => pool.describe().map(({ jobs }) => jobs);
const gone = { address: '127.0.0.1:9' };

let picture: Buffer;
let cutout: Buffer;
beforeAll(async () => {
  const plain = (channels: 3 | 4) => ({ create: { width: 8, height: 8, channels, background: '#a05028' } });
  picture = await sharp(plain(3)).png().toBuffer();
  cutout = await sharp(plain(4)).png().toBuffer();
});

const photosNamed = (...digests: string[]) => digests.map((digest) => ({ digest, picture }));
const objective = { prompt: 'anything', keyphrases: [], negatives: [] };
function sceneAt(centerX: number): Scene {
  return {
    aspectRatio: 1,
    background: { angleDegrees: 0, stops: [{ offset: 0, color: { red: 1, green: 1, blue: 1 } }] },
    layers: [
      {
        cutoutDigest: 'c'.repeat(64),
        placement: { centerX, centerY: 0.5, height: 0.3, rotationDegrees: 0 },
        opacity: 1,
        tint: undefined,
        flipped: false,
      },
    ],
  };
}

function climbStart(stepCount: number, checkpointIntervalSteps: number) {
  return {
    objective,
    scene: sceneAt(0.2),
    parameters: [Parameter.POSITION],
    options: {
      stepCount,
      viewCount: 1,
      seed: 7,
      timeBudgetSeconds: 0,
      checkpointIntervalSteps,
      patienceSteps: 0,
      learningRateScale: 0,
    },
    checkpoint: undefined,
    backgroundAnchor: undefined,
    steers: [],
  };
}

describe('SidecarPool', () => {
  it('is ready as soon as one serves, and says what each said when none does', async () => {
    const pool = poolOf([gone, await stand()]);
    await pool.waitUntilReady(3000);
    expect(statesOf(pool)).toEqual(['gone', 'serving']);
    await expect(poolOf([gone]).waitUntilReady(200)).rejects.toMatchObject({
      reason: 'SIDECAR_UNREACHABLE',
      message: expect.stringMatching(/None of 1 sidecars.*INFERENCE_ADDRESSES.*127\.0\.0\.1:9: gone/),
    });
  });

  it('sends new jobs to the least busy, and keeps a job where it began', async () => {
    const pool = poolOf([await stand(20), await stand(20)]);
    await pool.waitUntilReady(3000);
    const load = async () => ({ picture: cutout });
    const jobs = [pool.newJob(), pool.newJob(), pool.newJob(), pool.newJob()];
    const climbs = [];
    for (const job of jobs) {
      const steps = job.newComposer(load).optimizeScene(climbStart(1000, 0))[Symbol.asyncIterator]();
      await steps.next();
      climbs.push(steps);
    }
    expect(busyOf(pool)).toEqual([2, 2]);
    await climbs[0]!.return?.(undefined);
    await climbs[2]!.return?.(undefined);
    expect(busyOf(pool)).toEqual([0, 2]);
    // Its sidecar has climbs, the other none; but its cut-outs are here.
    const again = jobs[1]!.newComposer(load).optimizeScene(climbStart(1000, 0))[Symbol.asyncIterator]();
    await again.next();
    expect(busyOf(pool)).toEqual([0, 3]);
    for (const steps of [...climbs, again]) await steps.return?.(undefined);
    expect(busyOf(pool)).toEqual([0, 0]);
  });

  it('counts a job as its sidecar’s between its calls as well, until it ends', async () => {
    const pool = poolOf([await stand(), await stand()]);
    await pool.waitUntilReady(3000);
    const jobs = [pool.newJob(), pool.newJob(), pool.newJob(), pool.newJob()];
    // One after the other: nobody is busy when the next one comes.
    for (const { embedder } of jobs) {
      await embedder.describe();
      expect(busyOf(pool)).toEqual([0, 0]);
    }
    expect(jobsOf(pool)).toEqual([2, 2]);
    for (const at of [1, 3]) jobs[at]!.end();
    jobs[1]!.end();
    expect(jobsOf(pool)).toEqual([2, 0]);
    await pool.newJob().segmenter.describe();
    expect(jobsOf(pool)).toEqual([2, 1]);
    // Neither a call that comes late, nor one that asked and went.
    await jobs[1]!.embedder.describe();
    expect(jobsOf(pool)).toEqual([2, 1]);
  });

  it('spreads jobs that waited for the same sidecars to be looked at', async () => {
    const pool = poolOf([await stand(), await stand(), await stand()]);
    const jobs = [1, 2, 3].map(() => pool.newJob());
    await Promise.all(jobs.map(({ embedder }) => embedder.describe()));
    expect(jobsOf(pool)).toEqual([1, 1, 1]);
  });

  it('keeps calls together that a job makes at once, though chance would part them', async () => {
    let drawn = 0;
    const pool = poolOf([await stand(20), await stand(20)], { pick: (count) => drawn++ % count });
    // All of them wait for the sidecars to be looked at.
    const composer = pool.newJob().newComposer(async () => ({ picture: cutout }));
    const climbs = [1, 2, 3].map(() => composer.optimizeScene(climbStart(1000, 0))[Symbol.asyncIterator]());
    await Promise.all(climbs.map((steps) => steps.next()));
    expect(drawn).toBeGreaterThan(1);
    expect(busyOf(pool).sort()).toEqual([0, 3]);
    expect(jobsOf(pool).sort()).toEqual([0, 1]);
    for (const steps of climbs) await steps.return?.(undefined);
  });

  it('moves a job but once when several of its calls lose their sidecar, and counts it where it went', async () => {
    const [first, second, third] = [await stand(), await stand(), await stand()];
    const pool = poolOf([first, second, third], { pollMilliseconds: 5000 });
    await pool.waitUntilReady(3000);
    const { embedder, segmenter, end } = pool.newJob();
    await embedder.describe();
    expect(jobsOf(pool)).toEqual([1, 0, 0]);
    async function* photos() {
      yield* photosNamed('a');
      await sleep(100);
      first.die();
      yield* photosNamed('b');
      await sleep(300);
      yield* photosNamed('c');
    }
    const encode = async () => {
      const digests = [];
      for await (const { digest } of embedder.encodePhotos(photos(), fakePerceptor)) digests.push(digest);
      return digests.sort();
    };
    const cut = async () => {
      const digests = [];
      for await (const { digest } of segmenter.segmentPhotos(photos(), fakeSegmenter)) digests.push(digest);
      return digests.sort();
    };
    const both = Promise.all([encode(), cut()]);
    await vi.waitFor(() => expect(busyOf(pool)).toEqual([0, 2, 0]), 5000);
    expect(jobsOf(pool)).toEqual([0, 1, 0]);
    expect(await both).toEqual([
      ['a', 'b', 'c'],
      ['a', 'b', 'c'],
    ]);
    end();
    expect(jobsOf(pool)).toEqual([0, 0, 0]);
  });

  it('lets who shares sidecars with others say which of equally busy ones', async () => {
    const sidecars = [await stand(20), await stand(20), await stand(20)];
    const pool = poolOf(sidecars, { pick: (count) => 4 % count });
    await pool.waitUntilReady(3000);
    const climbs = [];
    for (const expected of [
      [0, 1, 0],
      [1, 1, 0],
    ]) {
      const composer = pool.newJob().newComposer(async () => ({ picture: cutout }));
      const steps = composer.optimizeScene(climbStart(1000, 0))[Symbol.asyncIterator]();
      await steps.next();
      climbs.push(steps);
      expect(busyOf(pool)).toEqual(expected);
    }
    for (const steps of climbs) await steps.return?.(undefined);
  });

  it('puts a job’s cut-outs once, and again in the sidecar that takes over', async () => {
    const [first, second] = [await stand(), await stand()];
    const pool = poolOf([first, second]);
    await pool.waitUntilReady(3000);
    const load = vi.fn(async () => ({ picture: cutout }));
    const composer = pool.newJob().newComposer(load);
    const scored = async () => {
      const scores = composer.scoreScenes(objective, [sceneAt(0.5)], { viewCount: 1, seed: 1 });
      return (await scores.next()).value!.score.score;
    };
    const score = await scored();
    expect(await scored()).toBe(score);
    expect(load).toHaveBeenCalledTimes(1);
    first.die();
    expect(await scored()).toBe(score);
    expect(load).toHaveBeenCalledTimes(2);
  });

  it('asks another for the photos that a dead one did not answer, each answered once', async () => {
    const [first, second] = [await stand(), await stand()];
    const pool = poolOf([first, second]);
    await pool.waitUntilReady(3000);
    async function* photos() {
      yield* photosNamed('a', 'b');
      await sleep(100);
      first.hang();
      yield* photosNamed('c', 'd', 'a');
      await sleep(100);
      first.die();
      yield* photosNamed('e', 'c', 'f');
    }
    const answered = [];
    for await (const { digest, vector } of pool.newJob().embedder.encodePhotos(photos(), fakePerceptor)) {
      expect(vector?.values).toHaveLength(64);
      answered.push(digest);
    }
    expect(answered.slice(0, 2).sort()).toEqual(['a', 'b']);
    expect(answered.sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(statesOf(pool)).toEqual(['gone', 'serving']);
  });

  it('takes a sidecar that answers nothing for hung, ends its calls, and uses it again once it answers', async () => {
    const [first, second] = [await stand(), await stand()];
    const news: string[] = [];
    const pool = poolOf([first, second], { checkMilliseconds: 300, onNews: (text) => news.push(text) });
    await pool.waitUntilReady(3000);
    const { segmenter, embedder } = pool.newJob();
    await embedder.describe();
    first.hang();
    const answers = [];
    for await (const { digest } of segmenter.segmentPhotos(photosNamed('a', 'b', 'c'), fakeSegmenter)) {
      answers.push(digest);
    }
    expect(answers.sort()).toEqual(['a', 'b', 'c']);
    expect(statesOf(pool)).toEqual(['gone', 'serving']);
    first.goOn();
    await vi.waitFor(() => expect(statesOf(pool)).toEqual(['serving', 'serving']), 5000);
    expect(news).toEqual([
      expect.stringContaining(`${first.address} is not there, or hung`),
      expect.stringContaining(`${first.address} serves`),
    ]);
  });

  it('asks another when one is late with a call, without giving it up for others', async () => {
    const [first, second] = [await stand(5000), await stand()];
    const pool = poolOf([first, second], { connection: { answerTimeoutMilliseconds: 500 } });
    await pool.waitUntilReady(3000);
    const climb = pool
      .newJob()
      .newComposer(async () => ({ picture: cutout }))
      .optimizeScene(climbStart(5, 0));
    let steps = 0;
    for await (const _ of climb) steps++;
    expect(steps).toBe(5);
    expect(statesOf(pool)).toEqual(['serving', 'serving']);
  });

  it.each([
    ['a call finds out', 5000],
    ['a look finds out', 20],
  ])('lets a sidecar that drains finish what it has where %s', async (_, pollMilliseconds) => {
    const [first, second] = [await stand(20), await stand()];
    const pool = poolOf([first, second], { pollMilliseconds });
    await pool.waitUntilReady(3000);
    const other = pool.newJob();
    await other.embedder.describe();
    const load = vi.fn(async () => ({ picture: cutout }));
    const climb = pool.newJob().newComposer(load).optimizeScene(climbStart(20, 5));
    let steps = 0;
    for await (const { step } of climb) {
      expect(step).toBe(++steps);
      if (step === 1) first.server.drain();
      if (step === 3) expect(await other.embedder.encodeTexts(['a text'], fakePerceptor)).toHaveLength(1);
    }
    expect(steps).toBe(20);
    // It was not begun anew elsewhere.
    expect(load).toHaveBeenCalledTimes(1);
    expect(statesOf(pool)).toEqual(['gone', 'serving']);
  });

  it('waits for the only sidecar to be back', async () => {
    const only = await stand();
    const pool = poolOf([only]);
    await pool.waitUntilReady(3000);
    const { embedder } = pool.newJob();
    await embedder.describe();
    only.die();
    const encoding = embedder.encodeTexts(['a text'], fakePerceptor);
    await sleep(150);
    await only.revive();
    expect(await encoding).toHaveLength(1);
  });

  it('does not bring down one sidecar after the other with a call that ends them', async () => {
    const sidecars = await Promise.all(Array.from({ length: 5 }, () => stand()));
    const pool = poolOf(sidecars);
    await pool.waitUntilReady(3000);
    let asked = 0;
    // Whoever is asked dies.
    const scenes = [sceneAt(0.5)];
    const load = async () => {
      asked++;
      const busy = pool.describe().findIndex((each) => each.busy > 0);
      sidecars[busy]!.die();
      return { picture: cutout };
    };
    const scores = pool.newJob().newComposer(load).scoreScenes(objective, scenes, { viewCount: 1, seed: 1 });
    await expect(scores.next()).rejects.toMatchObject({ reason: 'SIDECARS_LOST' });
    expect(asked).toBe(3);
    expect(statesOf(pool).filter((state) => state === 'serving')).toHaveLength(2);
  });

  it('leaves out a sidecar with other models, and says which', async () => {
    const [first, odd, third] = [await stand(), await stand(), await stand()];
    odd.server.models.segmenter = fakeModel('other-segmenter');
    const news: string[] = [];
    const pool = poolOf([odd, first, third], { onNews: (text) => news.push(text) });
    await pool.waitUntilReady(3000);
    await vi.waitFor(() => expect(statesOf(pool)).toEqual(['left out', 'serving', 'serving']), 3000);
    expect(news.find((text) => text.includes('left out'))).toMatch(
      /is left out, for its models are others: segmenter other-segmenter \(\w{12}\) where the others have fake-segmenter/,
    );
    const jobs = Array.from({ length: 6 }, () => pool.newJob());
    const models = await Promise.all(jobs.map(({ segmenter }) => segmenter.describe()));
    expect(new Set(models.map(({ model }) => model?.name))).toEqual(new Set(['fake-segmenter']));
  });

  it('leaves out a sidecar that was exchanged for one with other models between two looks', async () => {
    const [first, second, third] = [await stand(), await stand(), await stand()];
    const pool = poolOf([first, second, third], { pollMilliseconds: 200 });
    await pool.waitUntilReady(3000);
    second.die();
    second.server.models.segmenter = fakeModel('other-segmenter');
    await second.revive();
    expect(statesOf(pool)).toEqual(['serving', 'serving', 'serving']);
    await vi.waitFor(() => expect(statesOf(pool)).toEqual(['serving', 'left out', 'serving']), 3000);
  });

  it('ends a call that its caller cancels, and sends it nowhere else', async () => {
    const [first, second] = [await stand(1000), await stand(1000)];
    const pool = poolOf([first, second]);
    await pool.waitUntilReady(3000);
    const climb = pool
      .newJob()
      .newComposer(async () => ({ picture: cutout }))
      .optimizeScene(climbStart(5, 0), AbortSignal.timeout(100));
    await expect(climb[Symbol.asyncIterator]().next()).rejects.toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
    expect(busyOf(pool)).toEqual([0, 0]);
    expect(statesOf(pool)).toEqual(['serving', 'serving']);
  });

  it('passes on what a server refuses', async () => {
    const pool = poolOf([await stand(), await stand()]);
    await expect(pool.newJob().embedder.encodeTexts([''], fakePerceptor)).rejects.toMatchObject({
      reason: 'TEXTS_INVALID',
    });
  });
});

describe('a climb over several sidecars', () => {
  const load = async () => ({ picture: cutout });

  async function climbed(interval: number, dieAt: number) {
    // So slow that steers come before their steps on a busy machine too.
    const [first, second] = [await stand(15), await stand(15)];
    const pool = poolOf([first, second]);
    await pool.waitUntilReady(3000);
    const climb = pool.newJob().newComposer(load).optimizeScene(climbStart(40, interval));
    climb.steer({ $case: 'pin', value: { layerIndex: 0 } }, 12);
    climb.steer({ $case: 'unpin', value: { layerIndex: 0 } }, 30);
    const steps: number[] = [];
    const scenes: unknown[] = [];
    for await (const { step, scene } of climb) {
      steps.push(step);
      scenes.push(scene);
      if (step === dieAt) first.die();
    }
    return { steps, scenes, result: climb.result };
  }

  it.each([
    ['before the first checkpoint', 10, 4],
    ['before the first checkpoint, after a steer', 30, 17],
    ['right after a checkpoint', 10, 20],
    ['between two, after a steer', 10, 17],
  ])('goes on to the same steps and the same result when its sidecar dies %s', async (_, interval, dieAt) => {
    const undisturbed = await climbed(interval, -1);
    expect(undisturbed.result.steers.map(({ step }) => step)).toEqual([12, 30]);
    const disturbed = await climbed(interval, dieAt);
    expect(disturbed.steps).toEqual(Array.from({ length: 40 }, (__, index) => index + 1));
    expect(disturbed.scenes).toEqual(undisturbed.scenes);
    expect(disturbed.result).toEqual(undisturbed.result);
  });

  it('says that it cannot go on without checkpoints, and what to do', async () => {
    await expect(climbed(0, 5)).rejects.toMatchObject({
      reason: 'CLIMB_INTERRUPTED',
      code: 'UNAVAILABLE',
      message: expect.stringMatching(/lost after step \d+.*ask for checkpoints/),
    });
  });
});
