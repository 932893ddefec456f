import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Database } from '@collage/database/database.js';
import { root } from '@collage/database/testing/compile-library.js';
import { binaries, skipNote } from '@collage/database/testing/test-databases.js';
import { content, statusPage } from '@collage/fetch/testing/faults.js';
import { collect, queryFor } from '../../testing/findings.js';
import { picture } from '../../testing/pictures.js';
import { embedTexts, type TextEmbedder } from './embed-texts.js';
import { importFile } from './import-file.js';
import { imageIdOf, type ListedImage } from './testing/listed-images.js';
import { large, openImagesSetup } from './testing/open-images-setup.js';

const given = openImagesSetup();
const excerpt = join(root, '..', 'shared', 'openimages');
const corpus = join(root, '..', 'shared', 'corpus');
const hasExcerpt = existsSync(join(excerpt, 'corpus-in-openimages-columns.csv')) && existsSync(corpus);
if (!hasExcerpt) console.warn(`skipped: a search of the excerpt. There is no ${excerpt} or no ${corpus}`);

describe.skipIf(!binaries)(`photos of OpenImages (${skipNote})`, { timeout: 240_000 }, () => {
  it('that can not be had or used are left out, with the reason', async () => {
    const ofOthers = await large(9);
    const images: ListedImage[] = [
      { imageId: imageIdOf(1), originalUrl: given.hosts.on('/dead', statusPage(404)) },
      { imageId: imageIdOf(2), ...(await given.hosted('small', await picture(2))) },
      { imageId: imageIdOf(3), ...(await given.hosted('placeholder', ofOthers)), originalSize: 123_456 },
      { imageId: imageIdOf(4), originalUrl: given.hosts.on('/page', content('<html>', 'text/html')) },
      { imageId: imageIdOf(5), author: ' ', ...(await given.hosted('nobody', await large(5))) },
      {
        imageId: imageIdOf(6),
        license: 'https://creativecommons.org/licenses/by-nc/2.0/',
        ...(await given.hosted('nc', await large(6))),
      },
      { imageId: imageIdOf(7), ...(await given.hosted('copy', await large(8))) },
      { imageId: imageIdOf(8), ...(await given.hosted('original', await large(8))) },
      { imageId: imageIdOf(9), originalUrl: 'http://10.0.0.1/private.jpg' },
    ];
    const database = await given.databaseWith(
      images,
      images.map((_, index): [string, number] => ['Penguin', index + 1]),
    );
    const { names, reasons } = await collect(given.sourceOf(database).find(queryFor(['penguin'], 9)));
    expect(names).toEqual([imageIdOf(7)]);
    expect(reasons.toSorted()).toEqual(
      [
        ['DUPLICATE', 8],
        ['NOT_A_PHOTO', 4],
        ['NOT_FOUND', 1],
        ['NO_AUTHOR', 5],
        ['PHOTO_CHANGED', 3],
        ['PRIVATE_ADDRESS', 9],
        ['TOO_SMALL', 2],
      ]
        .map(([reason, number]) => `${reason} ${imageIdOf(Number(number))}`)
        .concat('LICENSE_NC all photos under CC BY-NC 2.0')
        .toSorted(),
    );
    for (const path of ['/nobody', '/nc']) expect(given.hosts.asked(path)).toBe(0);
  });

  it('are at most so many of one author, the others not fetched', async () => {
    const images: ListedImage[] = await Promise.all(
      [1, 2, 3, 4].map(async (number) => ({
        imageId: imageIdOf(number),
        author: number === 4 ? 'Somebody else' : 'Karen',
        ...(await given.hosted(`by-author-${number}`, await large(10 + number))),
      })),
    );
    const database = await given.databaseWith(
      images,
      images.map((_, index): [string, number] => ['Penguin', index + 1]),
    );
    const query = { ...queryFor(['penguin'], 4), photosPerAuthor: 2 };
    const { names, reasons } = await collect(given.sourceOf(database).find(query));
    expect(names).toEqual([imageIdOf(1), imageIdOf(2), imageIdOf(4)]);
    expect(reasons).toEqual([`AUTHOR_LIMIT ${imageIdOf(3)}`]);
    expect(given.hosts.asked('/by-author-3')).toBe(0);
  });

  it('that are gone take no place of their author', async () => {
    const images: ListedImage[] = await Promise.all(
      [1, 2, 3, 4].map(async (number) => ({
        imageId: imageIdOf(number),
        author: 'Karen',
        ...(number === 1
          ? { originalUrl: given.hosts.on('/gone-of-karen', statusPage(404)) }
          : await given.hosted(`of-karen-${number}`, await large(20 + number))),
      })),
    );
    const database = await given.databaseWith(
      images,
      images.map((_, index): [string, number] => ['Penguin', index + 1]),
    );
    const query = { ...queryFor(['penguin'], 4), photosPerAuthor: 2 };
    const { names, reasons } = await collect(given.sourceOf(database).find(query));
    expect(names).toEqual([imageIdOf(2), imageIdOf(3)]);
    expect(reasons).toEqual([`NOT_FOUND ${imageIdOf(1)}`, `AUTHOR_LIMIT ${imageIdOf(4)}`]);
    expect(given.hosts.asked('/of-karen-4')).toBe(0);
  });

  it('of a database that breaks off are those of a source out of reach, not the end of the search', async () => {
    const database = await given.databaseWith([{ imageId: imageIdOf(1), title: 'a penguin' }]);
    const { pool } = await database.connect();
    const cut = async () => ({
      db: undefined as never,
      pool: { query: () => pool.query('SELECT pg_terminate_backend(pg_backend_pid())') } as never,
    });
    const breaking = Object.assign(Object.create(database), { connect: cut }) as Database;
    await expect(collect(given.sourceOf(breaking).find(queryFor(['penguin'], 1)))).rejects.toMatchObject({
      reason: 'DATABASE_LOST',
    });
  });

  it('of a database that breaks off between two queries are those of a source out of reach, too', async () => {
    const database = await given.databaseWith([{ imageId: imageIdOf(1), title: 'a penguin' }]);
    const { pool, ...connected } = await database.connect();
    const asked: string[] = [];
    const query = (sql: string, values: unknown[]) => {
      asked.push(sql);
      return sql.startsWith('SELECT image_id AS id, kind')
        ? pool.query('SELECT pg_terminate_backend(pg_backend_pid())')
        : pool.query(sql, values);
    };
    const cut = async () => ({ ...connected, pool: { query, connect: () => pool.connect() } as never });
    const breaking = Object.assign(Object.create(database), { connect: cut }) as Database;
    await expect(collect(given.sourceOf(breaking).find(queryFor(['penguin'], 1)))).rejects.toMatchObject({
      reason: 'DATABASE_LOST',
    });
    // It was the second of the two that broke.
    expect(asked.at(-1)).toContain('SELECT image_id AS id, kind');
    expect(asked.length).toBeGreaterThan(2);
  });

  it('need an import and vectors of the perceptor that answers; the error says which command to run', async () => {
    const empty = await given.newDatabase();
    await expect(collect(given.sourceOf(empty).find(queryFor(['penguin'])))).rejects.toMatchObject({
      reason: 'NOTHING_IMPORTED',
      message: expect.stringContaining('npm run open-images -- import'),
    });
    await expect(embedTexts(empty, async () => given.embedder)).rejects.toMatchObject({
      reason: 'NOTHING_IMPORTED',
    });
    const database = await given.databaseWith([{ imageId: imageIdOf(1), title: 'penguins' }]);
    const other: TextEmbedder = {
      describe: async () => {
        const described = await given.embedder.describe();
        return { ...described, model: { ...described.model!, digest: 'another' } };
      },
      encodeTexts: (texts, model, signal) => given.embedder.encodeTexts(texts, model, signal),
    };
    await expect(collect(given.sourceOf(database, other).find(queryFor(['penguin'])))).rejects.toMatchObject({
      reason: 'NOTHING_EMBEDDED',
      message: expect.stringContaining('npm run open-images -- embed'),
    });
    const { reasons } = await collect(given.sourceOf(database).find(queryFor([])));
    expect(reasons).toEqual(['NO_KEYPHRASE open-images']);
  });
});

describe.skipIf(!binaries || !hasExcerpt)(
  `the excerpt of OpenImages (${skipNote})`,
  { timeout: 240_000 },
  () => {
    it('is imported, embedded, searched and fetched', async () => {
      const csv = await readFile(join(excerpt, 'corpus-in-openimages-columns.csv'), 'utf8');
      const file = join(given.folder, 'corpus.csv');
      // The stand-in's addresses are paths: here a host has them.
      await writeFile(
        file,
        csv.replaceAll(/,corpus\/([^",\n]+)/g, (_, path: string) => `,${given.hosts.address(`/${path}`)}`),
      );
      for (const [, path] of csv.matchAll(/,corpus\/([^",\n]+)/g)) {
        given.hosts.on(`/${path}`, (_request, response) => {
          void readFile(join(corpus, path!)).then((bytes) => response.end(bytes));
        });
      }
      const database = await given.newDatabase();
      const { rowCount } = await importFile(database, file);
      expect(rowCount).toBeGreaterThan(300);
      await embedTexts(database, async () => given.embedder);
      const find = () => collect(given.sourceOf(database).find(queryFor(['penguin', 'giraffe'], 8)));
      const { photos, names } = await find();
      expect(photos).toHaveLength(8);
      const titles = photos.map(({ photo }) => photo.credit!.title.toLowerCase());
      expect(titles.filter((title) => /penguin/.test(title)).length).toBeGreaterThanOrEqual(3);
      expect(titles.filter((title) => /giraffe/.test(title)).length).toBeGreaterThanOrEqual(2);
      for (const { photo } of photos) {
        expect(Math.min(photo.width, photo.height)).toBeGreaterThanOrEqual(512);
        expect(photo.credit!.sourceUrl).toMatch(/^https:/);
        expect(photo.credit!.license!.id).toMatch(/^(CC|PD)/);
      }
      expect((await find()).names).toEqual(names);
    });
  },
);
