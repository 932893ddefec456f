import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InferenceConnection } from './connection.js';
import { Embedder } from './embedder.js';
import { defaultRetryTerms, type RetryTerms } from './queue-full-retry.js';
import { fakePerceptor } from './testing/fake-model.js';
import { type FakeInferenceServer, startFakeInferenceServer } from './testing/fake-inference-server.js';

describe('Embedder before a full queue', () => {
  let server: FakeInferenceServer;
  let connection: InferenceConnection;
  let picture: Buffer;

  beforeEach(async () => {
    server = await startFakeInferenceServer();
    server.encodeQueue.limit = 0;
    server.encodeQueue.retryMilliseconds = 1300;
    connection = new InferenceConnection(server.address);
    const create = { width: 8, height: 8, channels: 3 as const, background: 'red' };
    picture = await sharp({ create }).png().toBuffer();
  });

  afterEach(() => {
    connection.close();
    server.stop();
  });

  /** Sleeps no time; the queue has room after so many sleeps. */
  function terms(sleeps: number): RetryTerms & { slept: number[] } {
    const slept: number[] = [];
    let time = 0;
    const sleep = async (milliseconds: number) => {
      time += milliseconds;
      if (slept.push(milliseconds) === sleeps) server.encodeQueue.limit = 1;
    };
    return { ...defaultRetryTerms, slept, random: () => 0, now: () => time, sleep };
  }

  async function encoded(embedder: Embedder, count: number, signal?: AbortSignal): Promise<string[]> {
    const photos = Array.from({ length: count }, (_, index) => ({ digest: `${index}`, picture }));
    const digests = [];
    for await (const { digest, vector } of embedder.encodePhotos(photos, fakePerceptor, signal)) {
      expect(vector).toBeDefined();
      digests.push(digest);
    }
    return digests;
  }

  it('asks again after the time that the sidecar names, until there is room, and every photo is answered', async () => {
    const given = terms(3);
    const digests = await encoded(new Embedder(connection, given), 40);
    expect(digests).toEqual(Array.from({ length: 40 }, (_, index) => `${index}`));
    expect(given.slept).toEqual([1300, 1300, 1300]);
  });

  it('gives up when its patience is over, with the refusal', async () => {
    const given = { ...terms(Infinity), patienceMilliseconds: 2000 };
    await expect(encoded(new Embedder(connection, given), 1)).rejects.toMatchObject({
      reason: 'ENCODE_QUEUE_FULL',
      code: 'RESOURCE_EXHAUSTED',
      retryDelayMilliseconds: 1300,
    });
    expect(given.slept).toEqual([1300, 700]);
  });

  it('is cancelled while it waits', async () => {
    const abort = new AbortController();
    const sleep = (milliseconds: number, signal?: AbortSignal) => {
      const sleeping = defaultRetryTerms.sleep(milliseconds, signal);
      abort.abort();
      return sleeping;
    };
    const embedder = new Embedder(connection, { ...defaultRetryTerms, sleep });
    await expect(encoded(embedder, 1, abort.signal)).rejects.toMatchObject({ reason: 'CANCELLED' });
  });
});
