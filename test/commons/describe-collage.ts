import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceConnection } from '@collage/inference/connection.js';
import { startFakeInferenceServer } from '@collage/inference/testing/fake-inference-server.js';
import type { PhotoSource } from '@collage/photos/photo-source.js';
import { creditsText } from '@collage/licensing/attribution.js';
import { commonsSource } from '@collage/photos/sources/commons/commons-source.js';
import type { CollageTools } from '@collage/pipeline/collage-tools.js';
import { makeCollage } from '@collage/pipeline/make-collage.js';
import { fakeTools } from '@collage/pipeline/testing/fake-tools.js';
import { Collage_State as State, type CollageOptions } from '@collage/proto/collage/v1/collage.js';
import { detailEnergy } from '@collage/render/testing/detail-energy.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewFetcher } from './new-fetcher.js';
import type { Wiki } from './start-wiki.js';
import { corpusRows } from './wiki-photos.js';

/** A whole collage, all its photos from a real MediaWiki. */
export function describeCollage(wiki: Wiki, newFetcher: NewFetcher): void {
  describe('a collage', () => {
    const folder = mkdtempSync(join(tmpdir(), 'commons-collage-'));
    let server: Awaited<ReturnType<typeof startFakeInferenceServer>>;
    let connection: InferenceConnection;
    beforeAll(async () => {
      server = await startFakeInferenceServer();
      connection = new InferenceConnection(server.address);
    });
    afterAll(async () => {
      connection.close();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    async function made(prompt: string, options: Partial<CollageOptions>, tools: CollageTools) {
      const making = makeCollage({ id: 'commons', prompt, options }, tools);
      let pictureDigest = '';
      let step = await making.next();
      while (!step.done) {
        const { event } = step.value;
        if (event?.$case === 'rendered') pictureDigest = event.value.pictureDigest;
        step = await making.next();
      }
      return { collage: step.value, picture: await tools.blobs.get(pictureDigest) };
    }

    it('is made of photos found on the wiki, and credits each that is seen', async () => {
      const commons = commonsSource({ address: wiki.address, fetcher: newFetcher(wiki.address) });
      const tools = fakeTools(connection, [commons], folder);
      const counts = { heightPixels: 96, layoutCount: 3, iterationCount: 2, backgroundIterationCount: 2 };
      const options = { seed: 3, cutoutCount: 4, photoCount: 8, ...counts };
      const { collage } = await made('penguins on a snowy mountain', options, tools);

      expect(collage.state).toBe(State.SUCCEEDED);
      expect(collage.photos.length).toBeGreaterThanOrEqual(4);
      const rows = new Map(corpusRows().map((row) => [row.title, row]));
      expect(collage.credits.length).toBeGreaterThan(0);
      for (const { title, author, license, sourceUrl } of collage.credits) {
        const row = rows.get(title)!;
        expect(author).toBe(row.author);
        expect(license!.name.replace('CC0 1.0', 'CC0')).toBe(row.licence);
        expect(sourceUrl).toMatch(/\/wiki\/File:/);
        expect(creditsText(collage.credits, collage.license!, { prompt: collage.prompt })).toContain(
          `"${title}" by ${author}`,
        );
      }
    });

    it('is sharper where the wiki has its photos larger, and all else stays', async () => {
      const commons = commonsSource({ address: wiki.address, fetcher: newFetcher(wiki.address) });
      const counts = { layoutCount: 2, variationCount: -1, iterationCount: -1, backgroundIterationCount: -1 };
      const options = {
        seed: 1,
        heightPixels: 2048,
        aspectRatio: 1,
        cutoutCount: 1,
        photoCount: 2,
        ...counts,
      };
      const draw = (source: PhotoSource) =>
        made('dots', options, fakeTools(connection, [source], join(folder, 'dots')));
      const small = await draw({ ...commons, larger: undefined });
      const large = await draw(commons);
      const [smaller, larger] = large.collage.cutouts;
      expect(small.collage.cutouts.map(({ digest }) => digest)).toEqual([smaller!.digest]);
      expect(larger!.smallerDigest).toBe(smaller!.digest);
      // Found 960 px wide, had at the next step that is wide enough.
      expect(larger!.width / smaller!.width).toBeCloseTo(1920 / 960, 1);
      expect(large.collage.scene!.layers[0]!.placement).toEqual(small.collage.scene!.layers[0]!.placement);
      // Measured: 1.75 times.
      expect(await detailEnergy(large.picture)).toBeGreaterThan(1.5 * (await detailEnergy(small.picture)));
    });
  });
}
