import type { InferenceConnection } from '@collage/inference/connection.js';
import { Embedder, type PhotoVector } from '@collage/inference/embedder.js';
import { describe, expect, it } from 'vitest';
import { collect } from './collect.js';
import { ballPhoto, brokenPhoto, type NamedPicture } from './pictures.js';

/** What every EmbeddingService promises. */
export function describeEmbedding(connection: () => InferenceConnection): void {
  const embedder = () => new Embedder(connection());
  const model = async () => (await embedder().describe()).model!;
  const textVectors = async (texts: string[]) => embedder().encodeTexts(texts, await model());

  async function vectorsOf(photos: NamedPicture[]): Promise<Map<string, PhotoVector>> {
    const answers = await collect(embedder().encodePhotos(photos, await model()));
    expect(answers.map(({ digest }) => digest).sort()).toEqual(photos.map(({ digest }) => digest).sort());
    return new Map(answers.map((answer) => [answer.digest, answer]));
  }

  describe('embedding', () => {
    it('names its model exactly', async () => {
      const { model, dimensionCount, inputSizePixels } = await embedder().describe();
      expect(model?.name).not.toBe('');
      expect(model?.digest).toMatch(/^[0-9a-f]{64}$/);
      expect(dimensionCount).toBeGreaterThan(0);
      expect(inputSizePixels).toBeGreaterThan(0);
    });

    it('gives texts vectors of length 1', async () => {
      const { dimensionCount } = await embedder().describe();
      const vectors = await textVectors(['a red ball', 'penguins skiing', 'ß — 雪']);
      expect(vectors.map(({ values }) => values.length)).toEqual([
        dimensionCount,
        dimensionCount,
        dimensionCount,
      ]);
      for (const { values } of vectors) expect(Math.hypot(...values)).toBeCloseTo(1, 4);
    });

    it('gives a text the same vector in any company', async () => {
      const [alone] = await textVectors(['a red ball']);
      const words = 'a much longer sentence about snowy mountains and the penguins that ski down on them';
      const [, , inCompany] = await textVectors([words, 'x', 'a red ball', words]);
      expect(inCompany).toEqual(alone);
    });

    it('refuses an empty text, naming its place', async () => {
      const refused = textVectors(['a red ball', '']);
      await expect(refused).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining('texts[1]'),
      });
    });

    it('answers every photo once, with a vector of length 1', async () => {
      const { dimensionCount } = await embedder().describe();
      const colors = ['red', 'orange', 'green', 'blue', 'purple', 'white', 'gold'];
      const answers = await vectorsOf(await Promise.all(colors.map((color) => ballPhoto(color))));
      for (const { vector } of answers.values()) {
        expect(vector!.values).toHaveLength(dimensionCount);
        expect(Math.hypot(...vector!.values)).toBeCloseTo(1, 4);
      }
    });

    it('gives a photo the same vector in any company', async () => {
      const photo = await ballPhoto('red');
      const others = await Promise.all([
        ballPhoto('blue', { width: 200 }),
        ballPhoto('green', { height: 500 }),
      ]);
      const alone = await vectorsOf([photo]);
      const inCompany = await vectorsOf([...others, photo]);
      expect(inCompany.get(photo.digest)).toEqual(alone.get(photo.digest));
    });

    it('serves more clients at once than its queue has places: they come again', async () => {
      const photo = await ballPhoto('red');
      const expected = await model();
      const clients = Array.from({ length: 40 }, () => collect(embedder().encodePhotos([photo], expected)));
      for (const [answer] of await Promise.all(clients)) expect(answer?.vector).toBeDefined();
    });

    it('says with every answer which model gave it', async () => {
      const other = { ...(await model()), digest: '0'.repeat(64) };
      const refused = { reason: 'MODEL_CHANGED', code: 'FAILED_PRECONDITION' };
      await expect(embedder().encodeTexts(['a red ball'], other)).rejects.toMatchObject(refused);
      const photos = [await ballPhoto('red'), brokenPhoto()];
      for (const photo of photos) {
        await expect(collect(embedder().encodePhotos([photo], other))).rejects.toMatchObject(refused);
      }
    });

    it('answers a photo it cannot read with an error and goes on', async () => {
      const [before, broken, after] = [await ballPhoto('red'), brokenPhoto(), await ballPhoto('blue')];
      const answers = await vectorsOf([before, broken, after]);
      expect(answers.get(broken.digest)?.error?.reason).toBe('PICTURE_UNREADABLE');
      expect(answers.get(before.digest)?.vector).toBeDefined();
      expect(answers.get(after.digest)?.vector).toBeDefined();
    });
  });
}
