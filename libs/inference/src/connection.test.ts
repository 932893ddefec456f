import { OptimizeOptions, Parameter } from '@collage/proto/collage/v1/composition_service.js';
import { afterEach, describe, expect, it } from 'vitest';
import { Composer } from './composer.js';
import { InferenceConnection } from './connection.js';
import { Embedder } from './embedder.js';
import { fakePerceptor } from './testing/fake-model.js';
import { type FakeInferenceServer, startFakeInferenceServer } from './testing/fake-inference-server.js';

const nobodyThere = '127.0.0.1:9';

describe('InferenceConnection', () => {
  const closing: Array<() => void> = [];
  afterEach(() => closing.splice(0).forEach((close) => close()));

  function connect(address: string, options?: ConstructorParameters<typeof InferenceConnection>[1]) {
    const connection = new InferenceConnection(address, options);
    closing.push(() => connection.close());
    return connection;
  }

  async function startFake(): Promise<FakeInferenceServer> {
    const server = await startFakeInferenceServer();
    closing.push(() => server.stop());
    return server;
  }

  it('says where nobody answers and what to do', async () => {
    const refused = new Embedder(connect(nobodyThere)).describe();
    await expect(refused).rejects.toMatchObject({
      reason: 'SIDECAR_UNREACHABLE',
      message: expect.stringMatching(/127\.0\.0\.1:9 is not there.*start it/),
    });
  });

  it('says how the sidecar died where that is known', async () => {
    const sidecar = { exited: Promise.resolve({ description: 'signal SIGKILL' }) };
    const refused = new Embedder(connect(nobodyThere, { sidecar })).describe();
    await expect(refused).rejects.toMatchObject({
      reason: 'SIDECAR_UNREACHABLE',
      message: expect.stringContaining('The sidecar died (signal SIGKILL)'),
    });
  });

  it('fails the stream under way when the sidecar goes away', async () => {
    const server = await startFake();
    async function* photos() {
      yield { digest: 'a', picture: Buffer.from('no picture') };
      await new Promise(() => {});
    }
    const answers = new Embedder(connect(server.address)).encodePhotos(photos(), fakePerceptor);
    expect((await answers.next()).value).toMatchObject({
      digest: 'a',
      error: { reason: 'PICTURE_UNREADABLE' },
    });
    const next = answers.next();
    server.stop();
    await expect(next).rejects.toMatchObject({ reason: 'SIDECAR_UNREACHABLE' });
  });

  it('waits until a sidecar serves, and says so when it never does', async () => {
    const server = await startFake();
    await connect(server.address).waitUntilReady(2000);
    await expect(connect(nobodyThere).waitUntilReady(250)).rejects.toMatchObject({
      reason: 'SIDECAR_UNREACHABLE',
      message: expect.stringContaining('did not serve within 0.25 s'),
    });
  });

  it('does not begin a call that is cancelled already, and ends a waiting one at once', async () => {
    const embedder = new Embedder(connect((await startFake()).address));
    await expect(embedder.describe(AbortSignal.abort())).rejects.toMatchObject({ reason: 'CANCELLED' });
    const waiting = connect(nobodyThere).waitUntilReady(60_000, AbortSignal.timeout(150));
    await expect(waiting).rejects.toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
  });

  it('carries two thousand calls at once', async () => {
    const embedder = new Embedder(connect((await startFake()).address));
    const answers = await Promise.all(Array.from({ length: 2000 }, () => embedder.describe()));
    expect(new Set(answers.map(({ dimensionCount }) => dimensionCount)).size).toBe(1);
  });

  it('takes a stream that is silent for too long for stuck', async () => {
    const server = await startFakeInferenceServer({ stepMilliseconds: 5000 });
    closing.push(() => server.stop());
    const connection = connect(server.address, { answerTimeoutMilliseconds: 100 });
    const climbing = new Composer(connection, () => Promise.reject(new Error('none'))).optimizeScene({
      objective: { prompt: 'anything', keyphrases: [], negatives: [] },
      scene: {
        aspectRatio: 1,
        background: { angleDegrees: 0, stops: [{ offset: 0, color: { red: 1, green: 1, blue: 1 } }] },
        layers: [],
      },
      parameters: [Parameter.BACKGROUND_COLORS],
      options: OptimizeOptions.fromPartial({ stepCount: 3 }),
      checkpoint: undefined,
      backgroundAnchor: undefined,
      steers: [],
    });
    await expect(climbing[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      reason: 'DEADLINE_EXCEEDED',
      message: expect.stringContaining('did not answer within 0.1 s'),
    });
  });
});
