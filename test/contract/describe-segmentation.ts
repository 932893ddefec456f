import type { InferenceConnection } from '@collage/inference/connection.js';
import { Segmenter } from '@collage/inference/segmenter.js';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { collect } from './collect.js';
import { ballPhoto, brokenPhoto, sha256 } from './pictures.js';

/** What every SegmentationService promises. */
export function describeSegmentation(connection: () => InferenceConnection): void {
  const segmenter = () => new Segmenter(connection());
  const model = async () => (await segmenter().describe()).model!;

  async function cutBall() {
    const photo = await ballPhoto('red');
    const [answer] = await collect(segmenter().segmentPhotos([photo], await model()));
    expect(answer?.digest).toBe(photo.digest);
    expect(answer?.cutouts?.length).toBeGreaterThan(0);
    return { photo, cutouts: answer!.cutouts! };
  }

  describe('segmentation', () => {
    it('names its model exactly', async () => {
      const { model } = await segmenter().describe();
      expect(model?.name).not.toBe('');
      expect(model?.digest).toMatch(/^[0-9a-f]{64}$/);
    });

    it('gives cut-outs as PNGs named by their digest, cropped to their box', async () => {
      const { photo, cutouts } = await cutBall();
      for (const { cutout, png } of cutouts) {
        expect(cutout?.digest).toBe(sha256(png));
        expect(cutout?.photoDigest).toBe(photo.digest);
        const { format, width, height, hasAlpha } = await sharp(png).metadata();
        expect({ format, hasAlpha }).toEqual({ format: 'png', hasAlpha: true });
        expect({ width, height }).toEqual({ width: cutout?.width, height: cutout?.height });
        expect({ width, height }).toEqual({ width: cutout?.box?.width, height: cutout?.box?.height });
        expect(cutout!.box!.left).toBeGreaterThanOrEqual(0);
        expect(cutout!.box!.top).toBeGreaterThanOrEqual(0);
        expect(cutout!.box!.left + cutout!.box!.width).toBeLessThanOrEqual(320);
        expect(cutout!.box!.top + cutout!.box!.height).toBeLessThanOrEqual(240);
        expect(cutout!.areaFraction).toBeGreaterThan(0);
        expect(cutout!.areaFraction).toBeLessThanOrEqual(1);
      }
    });

    it('cuts with straight alpha: where a bright photo shines through, it is no darker', async () => {
      const { cutouts } = await cutBall();
      for (const { png } of cutouts) {
        const { data } = await sharp(png).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
        let opaqueCount = 0;
        for (let at = 0; at < data.length; at += 4) {
          const alpha = data[at + 3]!;
          if (alpha === 255) opaqueCount += 1;
          // Premultiplied, a pixel of alpha 40 would be at most 40 bright.
          if (alpha > 0) expect(Math.max(data[at]!, data[at + 1]!, data[at + 2]!)).toBeGreaterThan(80);
        }
        expect(opaqueCount).toBeGreaterThan(0);
      }
    });

    it('answers every photo once, one it cannot read with an error', async () => {
      const photos = [
        await ballPhoto('red'),
        brokenPhoto(),
        await ballPhoto('blue'),
        await ballPhoto('green'),
      ];
      const answers = await collect(segmenter().segmentPhotos(photos, await model()));
      expect(answers.map(({ digest }) => digest).sort()).toEqual(photos.map(({ digest }) => digest).sort());
      for (const { digest, cutouts, error } of answers) {
        if (digest === photos[1]!.digest) expect(error?.reason).toBe('PICTURE_UNREADABLE');
        else expect(cutouts?.length).toBeGreaterThan(0);
      }
    });

    it('says with every answer which model gave it', async () => {
      const other = { ...(await model()), digest: '0'.repeat(64) };
      for (const photo of [await ballPhoto('red'), brokenPhoto()]) {
        const refused = collect(segmenter().segmentPhotos([photo], other));
        await expect(refused).rejects.toMatchObject({ reason: 'MODEL_CHANGED' });
      }
    });

    it('cuts a photo alike every time', async () => {
      const [first, second] = [await cutBall(), await cutBall()];
      expect(second.cutouts).toEqual(first.cutouts);
    });
  });
}
