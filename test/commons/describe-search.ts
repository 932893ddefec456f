import { Keyphrase } from '@collage/proto/collage/v1/collage.js';
import { Photo } from '@collage/proto/collage/v1/photo.js';
import type { LargerPhoto } from '@collage/photos/photo-source.js';
import { commonsSource, type CommonsOptions } from '@collage/photos/sources/commons/commons-source.js';
import { collect, queryFor } from '@collage/photos/testing/findings.js';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { NewFetcher } from './new-fetcher.js';
import type { Wiki } from './start-wiki.js';
import { corpusRows } from './wiki-photos.js';

/** What a photo source has to do on a real MediaWiki. */
export function describeSearch(wiki: Wiki, newFetcher: NewFetcher): void {
  const source = (options: Partial<CommonsOptions> = {}) =>
    commonsSource({ address: wiki.address, fetcher: newFetcher(wiki.address), ...options });
  const find = (phrases: string[], limit: number, options: Partial<CommonsOptions> = {}) =>
    collect(source(options).find(queryFor(phrases, limit)));
  const titles = (gallery: string) =>
    corpusRows()
      .filter(({ galleries, width, height }) => galleries.includes(gallery) && Math.min(width, height) >= 512)
      .map(({ title }) => title);

  describe('a search of its texts', () => {
    it('finds photos with title, author, page, license, description and subjects', async () => {
      const { photos } = await find(['penguin moulting'], 5);
      const [row] = corpusRows().filter(({ title }) => title === 'Emperor Penguin chicks moulting');
      expect(photos.map(({ photo }) => photo)).toEqual([
        expect.objectContaining({
          source: 'commons',
          sourceId: 'File:Emperor Penguin chicks moulting.jpg',
          mediaType: 'image/jpeg',
          description: expect.stringMatching(/penguin/i),
          categories: ['Emperor penguin', 'Animals'],
          credit: expect.objectContaining({
            title: row!.title,
            author: row!.author,
            sourceUrl: `${new URL(wiki.address).origin}/wiki/File:Emperor_Penguin_chicks_moulting.jpg`,
            license: {
              id: 'CC-BY-SA-3.0',
              name: 'CC BY-SA 3.0',
              url: 'https://creativecommons.org/licenses/by-sa/3.0/',
            },
          }),
        }),
      ]);
    });

    it('gives the bytes it described, at a width that the wiki serves', async () => {
      const { photos } = await find(['penguin'], 4);
      expect(photos).toHaveLength(4);
      for (const { photo, bytes } of photos) {
        const { width, height, format } = await sharp(await bytes()).metadata();
        expect({ width, height, format: `image/${format}` }).toEqual({
          width: photo.width,
          height: photo.height,
          format: photo.mediaType,
        });
        expect(width).toBeLessThanOrEqual(960);
        expect(Math.min(width, height)).toBeGreaterThanOrEqual(512);
      }
    });

    it('goes down the ladder of queries where the exact one finds too few', async () => {
      const keyphrase = Keyphrase.fromPartial({
        text: 'penguins skiing',
        queries: ['penguins skiing', 'penguins'],
        weight: 1,
      });
      const { photos } = await collect(source().find({ ...queryFor([], 3), keyphrases: [keyphrase] }));
      expect(photos).toHaveLength(3);
    });

    it('finds the same in parts of three as at once', async () => {
      const fetcher = newFetcher(wiki.address);
      const whole = await find(['penguin'], 12);
      const parts = await find(['penguin'], 12, { batch: 3, fetcher });
      expect(parts.names).toEqual(whole.names);
      expect(new Set(whole.names).size).toBe(12);
    });

    it('finds nothing, and says nothing, for words that nobody wrote', async () => {
      expect((await find(['zzyzx'], 3)).all.filter(({ kind }) => kind !== 'progress')).toEqual([]);
    });

    it('lets each keyphrase have its share', async () => {
      const { photos } = await find(['penguin', 'snowy mountain'], 6);
      const penguins = new Set(titles('Penguin'));
      expect(photos.filter(({ photo }) => penguins.has(photo.credit!.title))).toHaveLength(3);
      expect(photos).toHaveLength(6);
    });

    it('asks a wiki for bitmaps by media type where its search knows no file types', async () => {
      expect((await find(['stripes filetype:bitmap'], 3)).names).toEqual([]);
      expect((await find(['stripes'], 9)).photos.length).toBeGreaterThan(0);
    });
  });

  describe('licenses and sizes', () => {
    it('are read from the pages, and what may not be used is left out with its reason', async () => {
      const { photos, reasons } = await find(['stripes'], 9);
      const credits = photos.map(({ photo: { credit } }) => [
        credit!.title,
        credit!.author,
        credit!.license!.id,
      ]);
      expect(credits.toSorted()).toEqual([
        ['Stripes attribution', 'Ann for the Museum of Stripes', 'CC-BY-SA-3.0-DE'],
        ['Stripes gfdl', 'Ann', 'CC-BY-SA-3.0'],
        ['Stripes panorama', 'Ann', 'CC0-1.0'],
      ]);
      expect(
        photos.find(({ photo }) => photo.credit!.title === 'Stripes attribution')!.photo.credit!.authorUrl,
      ).toBe('https://ann.example.org/');
      expect(reasons.toSorted()).toEqual([
        'LICENSE_ND File:Stripes no derivatives.jpg',
        'NO_LICENSE File:Stripes unlicensed.jpg',
        'TOO_SMALL File:Stripes small.jpg',
      ]);
    });

    it('of a panorama: a wider thumbnail, and larger ones when asked for', async () => {
      const commons = source();
      const { photos } = await collect(commons.find(queryFor(['stripes panorama'], 1)));
      expect(photos[0]!.photo).toMatchObject({ width: 1280, height: 576 });
      const wishes = photos.map(({ photo }) => ({ photo, width: 1500 }));
      const [larger] = await all(commons.larger!(wishes));
      expect(larger).toMatchObject({ kind: 'larger', width: 1920 });
      const { bytes } = larger as LargerPhoto;
      expect(await sharp(await bytes()).metadata()).toMatchObject({ width: 1920, height: 864 });
    });

    it('of originals no wider than asked for: the original itself', async () => {
      const photo = (name: string) => Photo.fromPartial({ sourceId: `File:${name}.jpg`, width: 960 });
      const wishes = ['Stripes panorama', 'Never there'].map((name) => ({ photo: photo(name), width: 3840 }));
      expect(await all(source().larger!(wishes))).toEqual([
        expect.objectContaining({
          kind: 'skipped',
          reason: 'LARGER_UNAVAILABLE',
          name: 'File:Never there.jpg',
        }),
        expect.objectContaining({ kind: 'larger', width: 2000, height: 900 }),
      ]);
    });
  });

  describe('a gallery page', () => {
    it('gives its photos, in parts, also where the keyphrase is a redirect to it', async () => {
      const limit = titles('Penguin').length;
      // No text holds all these words: what is found was on the page.
      const keyphrase = Keyphrase.fromPartial({
        text: 'penguins zzyzx',
        queries: ['penguins zzyzx', 'Penguins'],
        weight: 1,
      });
      const { photos } = await collect(
        source({ batch: 4 }).find({ ...queryFor([], limit), keyphrases: [keyphrase] }),
      );
      expect(photos.map(({ photo }) => photo.credit!.title).toSorted()).toEqual(titles('Penguin').toSorted());
    });

    it('may name files that were renamed or never there', async () => {
      const { names, reasons } = await find(['Renamed things'], 3);
      expect(names).toEqual(['File:Stripes gfdl.jpg']);
      expect(reasons).toEqual(['FILE_MISSING File:Never there.jpg']);
    });

    it('may name a file that was deleted since', async () => {
      const [gone] = titles('Penguin');
      await wiki.deleteFile(`File:${gone}.jpg`);
      const { names, reasons } = await find(['Penguin'], 30);
      expect(names).toHaveLength(titles('Penguin').length - 1);
      expect(reasons.filter((reason) => reason.startsWith('FILE_MISSING'))).toEqual([
        `FILE_MISSING File:${gone}.jpg`,
      ]);
    });
  });

  describe('a wiki in trouble', () => {
    it('that lags is taken for throttling, though its status is 200', async () => {
      const { names, reasons } = await find(['penguin'], 3, { maxlag: -2 });
      expect({ names, reasons }).toEqual({ names: [], reasons: ['THROTTLED commons'] });
    });

    it('whose address is another page is reported, not thrown', async () => {
      const address = wiki.address.replace('api.php', 'nowhere.php');
      expect((await find(['penguin'], 3, { address })).reasons).toEqual(['NOT_FOUND commons']);
    });
  });
}

async function all<T>(findings: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const finding of findings) found.push(finding);
  return found;
}
