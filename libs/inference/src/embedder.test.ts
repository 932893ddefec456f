import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InferenceConnection } from './connection.js';
import { Embedder, type PhotoPicture } from './embedder.js';
import { fakeModel, fakePerceptor } from './testing/fake-model.js';
import { type FakeInferenceServer, startFakeInferenceServer } from './testing/fake-inference-server.js';

describe('Embedder', () => {
  let server: FakeInferenceServer;
  let connection: InferenceConnection;
  let embedder: Embedder;

  beforeAll(async () => {
    server = await startFakeInferenceServer();
    connection = new InferenceConnection(server.address);
    embedder = new Embedder(connection);
  });

  afterAll(() => {
    connection.close();
    server.stop();
  });

  async function flatPhoto(digest: string, background: string): Promise<PhotoPicture> {
    const picture = sharp({ create: { width: 8, height: 8, channels: 3, background } }).png();
    return { digest, picture: await picture.toBuffer() };
  }

  it('encodes more texts than one call may carry, in their order', async () => {
    const texts = Array.from({ length: 600 }, (_, index) => `word${index}`);
    const vectors = await embedder.encodeTexts(texts, fakePerceptor);
    const [last] = await embedder.encodeTexts([texts[599]!], fakePerceptor);
    expect(vectors).toHaveLength(600);
    expect(vectors[599]).toEqual(last);
    expect(await embedder.encodeTexts([], fakePerceptor)).toEqual([]);
  });

  it('reads photos only as their answers are taken', async () => {
    const photo = await flatPhoto('', 'red');
    let readCount = 0;
    async function* photos(): AsyncGenerator<PhotoPicture> {
      for (let index = 0; index < 200; index++) {
        readCount += 1;
        yield { ...photo, digest: `${index}` };
      }
    }
    let takenCount = 0;
    for await (const { vector } of embedder.encodePhotos(photos(), fakePerceptor)) {
      expect(vector).toBeDefined();
      takenCount += 1;
      if (takenCount % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      // Sixteen under way, one more read and waiting for its place.
      expect(readCount - takenCount).toBeLessThanOrEqual(17);
    }
    expect(takenCount).toBe(200);
  });

  it('answers a photo that comes twice once', async () => {
    const photo = await flatPhoto('same', 'red');
    const digests = [];
    for await (const { digest } of embedder.encodePhotos([photo, photo], fakePerceptor)) digests.push(digest);
    expect(digests).toEqual(['same']);
  });

  it('lets go of the photos when nobody takes answers any more', async () => {
    const photo = await flatPhoto('', 'red');
    let closed = () => {};
    const sourceClosed = new Promise<void>((resolve) => (closed = resolve));
    async function* photos(): AsyncGenerator<PhotoPicture> {
      try {
        for (let index = 0; ; index++) yield { ...photo, digest: `${index}` };
      } finally {
        closed();
      }
    }
    for await (const _ of embedder.encodePhotos(photos(), fakePerceptor)) break;
    await sourceClosed;
  });

  it('passes on what goes wrong while photos are read', async () => {
    async function* photos(): AsyncGenerator<PhotoPicture> {
      yield await flatPhoto('first', 'red');
      throw new Error('the disk is gone');
    }
    const answers = embedder.encodePhotos(photos(), fakePerceptor);
    await expect(async () => {
      for await (const _ of answers);
    }).rejects.toThrow('the disk is gone');
  });

  it('finds red photos by the word, thanks to the fake perceptor', async () => {
    const [word] = await embedder.encodeTexts(['red'], fakePerceptor);
    const cosines = new Map<string, number>();
    const photos = [await flatPhoto('red', '#dd2828'), await flatPhoto('blue', '#325ad2')];
    for await (const { digest, vector } of embedder.encodePhotos(photos, fakePerceptor)) {
      cosines.set(
        digest,
        vector!.values.reduce((sum, value, index) => sum + value * word!.values[index]!, 0),
      );
    }
    expect(cosines.get('red')).toBeGreaterThan(cosines.get('blue')! + 0.5);
  });

  it('refuses a pool of sidecars in which one answers with another model', async () => {
    const photo = await flatPhoto('', 'red');
    const answered: string[] = [];
    const encode = async () => {
      const photos = Array.from({ length: 40 }, (_, index) => ({ ...photo, digest: `${index}` }));
      for await (const { digest, vector } of embedder.encodePhotos(photos, fakePerceptor)) {
        expect(vector!.model).toEqual(fakePerceptor);
        answered.push(digest);
        server.models.perceptor = fakeModel('another');
      }
    };
    try {
      await expect(encode()).rejects.toMatchObject({
        reason: 'MODEL_CHANGED',
        message: expect.stringMatching(/vectors of photos of the model fake-perceptor .*PERCEPTOR/),
        metadata: { expected: fakePerceptor.digest, received: fakeModel('another').digest },
      });
      // Those under way when it changed may have come before.
      expect(answered.length).toBeLessThan(40);
      await expect(embedder.encodeTexts(['red'], fakePerceptor)).rejects.toMatchObject({
        reason: 'MODEL_CHANGED',
      });
    } finally {
      server.models.perceptor = fakePerceptor;
    }
  });
});
