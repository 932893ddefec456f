import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database } from '@collage/database/database.js';
import { binaries, migrations, skipNote } from '@collage/database/testing/test-databases.js';
import { root } from '@collage/database/testing/compile-library.js';
import { FaultServer } from '@collage/fetch/testing/fault-server.js';
import { content } from '@collage/fetch/testing/faults.js';
import { imageIdOf, listOfImages } from '@collage/photos/sources/open-images/testing/listed-images.js';
import { Collage } from '@collage/proto/collage/v1/collage.js';
import { paintPhoto, paintPhotos } from './painted-photos.js';
import { canRun, type CliEnd, runCli, startOpenImages } from './run-cli.js';

const PHOTOS = 4;
const folder = mkdtempSync(join(tmpdir(), 'collage-open-images-'));
const data = join(folder, 'data');
let hosts: FaultServer;
let database: Database | undefined;

const openImages = (...args: string[]): Promise<CliEnd> => startOpenImages(args, data).ended;
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

/** The command's own database, for what only a second connection can do. */
async function connected(): Promise<pg.Pool> {
  database ??= new Database({
    databaseUrl: '',
    pgBin: process.env.PG_BIN ?? '',
    python: join(root, '.venv', 'bin', 'python'),
    requirements: join(root, 'python-inference'),
    folder: join(data, 'postgres'),
    migrations,
  });
  return (await database.connect()).pool;
}

describe.skipIf(!canRun || !binaries)(
  `photos of OpenImages, by the command line (${skipNote})`,
  { timeout: 300_000 },
  () => {
    beforeAll(async () => {
      hosts = await FaultServer.start();
      await paintPhotos(join(folder, 'photos'), 2);
      const images = [];
      for (let index = 0; index < PHOTOS; index++) {
        // Others than those of the folder.
        const painted = sharp(await paintPhoto(2 + index));
        const original = await painted.clone().resize(1440, 1080).jpeg().toBuffer();
        const thumbnail = await painted.clone().resize(640, 480).jpeg().toBuffer();
        images.push({
          imageId: imageIdOf(index + 1),
          author: `Painter ${index}`,
          originalUrl: hosts.on(`/${index}_o.jpg`, content(original, 'image/jpeg')),
          originalSize: original.length,
          thumbnailUrl: hosts.on(`/${index}_z.jpg`, content(thumbnail, 'image/jpeg')),
        });
      }
      file('images.csv', listOfImages(images));
      file('classes.csv', 'LabelName,DisplayName\n/m/01,Disk\n');
      const labels = images.map(({ imageId }) => `${imageId},verification,/m/01,1\n`);
      file('labels.csv', `ImageID,Source,LabelName,Confidence\n${labels.join('')}`);
    }, 120_000);
    afterAll(async () => {
      await database?.close();
      await hosts.close();
      rmSync(folder, { recursive: true, force: true });
    });

    it('are told to be imported first where nothing is', async () => {
      expect(await openImages('status')).toEqual({
        code: 0,
        stdout: 'Nothing of OpenImages is imported yet.\n',
        stderr: '',
      });
      const embed = await openImages('embed');
      expect(embed.code).toBe(2);
      expect(embed.stderr).toContain('npm run open-images -- import FILE');
      const missing = await openImages('import', join(folder, 'images.csv'), join(folder, 'nowhere.csv'));
      expect(missing.code).toBe(2);
      expect(missing.stderr).toContain('nowhere.csv');
      expect(missing.stdout).toBe('');
    });

    it('are imported, images first, however the files are given', async () => {
      const names = ['labels.csv', 'classes.csv', 'images.csv'];
      const { code, stdout } = await openImages('import', ...names.map((name) => join(folder, name)));
      expect(stdout.trimEnd().split('\n')).toEqual([
        `${join(folder, 'images.csv')}: ${PHOTOS} rows of images`,
        `${join(folder, 'classes.csv')}: 1 rows of classes`,
        `${join(folder, 'labels.csv')}: ${PHOTOS} rows of labels`,
      ]);
      expect(code).toBe(0);
      const again = await openImages('import', join(folder, 'images.csv'));
      expect(again.stdout).toContain('(imported before)');
    });

    it('are embedded; Ctrl-C ends that at once with 130 and says how to go on', async () => {
      const pool = await connected();
      const writer = await pool.connect();
      await writer.query('BEGIN; LOCK TABLE text');
      const embedding = startOpenImages(['embed'], data);
      for (let waits = false; !waits; await new Promise((resolve) => setTimeout(resolve, 50))) {
        const { rows } = await pool.query(
          "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'SELECT count(*) FROM text%'",
        );
        waits = rows.length > 0;
      }
      process.kill(-embedding.process.pid!, 'SIGINT');
      const cut = await embedding.ended;
      expect(cut.code).toBe(130);
      expect(cut.stderr).toMatch(/Cancelled\. .*run the same command again/);
      await writer.query('ROLLBACK');
      writer.release();
      const { code, stdout } = await openImages('embed', '--texts', 'label', 'caption');
      expect(stdout).toMatch(/^1 texts embedded by [0-9a-f]{12}; searches go through all vectors\n$/);
      expect(code).toBe(0);
      const status = await openImages('status');
      expect(status.stdout).toContain(`${PHOTOS} photos\n`);
      expect(status.stdout).toMatch(/1 labels: 1 embedded by/);
    });

    it('become parts of a collage with their credits, found as thumbnails and drawn from originals', async () => {
      const args =
        '--open-images --seed 5 --cutouts 4 --layouts 5 --variations 2 --iterations 2 --background-iterations 1';
      const end = await runCli(
        [
          'a disk',
          '--photos',
          join(folder, 'photos'),
          '--out',
          join(folder, 'out'),
          '--size',
          '1280x960',
          ...args.split(' '),
        ],
        data,
        { FETCH_ALLOW: hosts.host },
      );
      expect(end.stdout + end.stderr).toContain('collage.png');
      expect(end.code).toBe(0);
      const made = join(folder, 'out', 'a-disk-5');
      const collage = Collage.fromJSON(JSON.parse(readFileSync(join(made, 'collage.json'), 'utf8')));
      const { photos, cutouts, scene } = collage;
      const theirs = photos.filter(({ source }) => source === 'open-images');
      expect(theirs.map(({ sourceId }) => sourceId).toSorted()).toEqual([1, 2, 3, 4].map(imageIdOf));
      for (const { width, height } of theirs) expect([width, height]).toEqual([640, 480]);
      const drawn = new Set(scene!.layers.map(({ cutoutDigest }) => cutoutDigest));
      const larger = cutouts.filter(
        ({ digest, largerPhotoDigest }) => drawn.has(digest) && largerPhotoDigest !== '',
      );
      expect(larger.length).toBeGreaterThan(0);
      const ofOriginals = hosts.requests.filter(({ path }) => path.endsWith('_o.jpg'));
      const asked = (wanted: string) => ofOriginals.filter(({ method }) => method === wanted);
      expect(asked('HEAD')).toHaveLength(theirs.length);
      expect(asked('GET')).toHaveLength(
        new Set(larger.map(({ largerPhotoDigest }) => largerPhotoDigest)).size,
      );
      const credits = readFileSync(join(made, 'credits.txt'), 'utf8');
      expect(credits).toMatch(/Painter \d/);
      expect(credits).toContain('https://photos.example/pages/');
      expect(credits).toContain('CC BY 2.0');
      const ofTheirs = collage.credits.filter(({ sourceUrl }) => sourceUrl.includes('photos.example/pages/'));
      expect(ofTheirs.length).toBeGreaterThan(0);
      const notice = 'license as listed by OpenImages in 2016, which does not warrant it';
      for (const { restrictions } of ofTheirs) expect(restrictions).toEqual([notice]);
      for (const name of ['credits.txt', 'credits.html', 'credits.md', 'credits.json', 'collage.json']) {
        const said = readFileSync(join(made, name), 'utf8').split(notice).length - 1;
        expect([name, said >= ofTheirs.length]).toEqual([name, true]);
      }
      expect(readFileSync(join(made, 'collage.png')).toString('utf8')).toContain(notice);
    });

    it('of a database that can not be reached end with 5 and what to do about it', async () => {
      const env = { DATABASE_URL: 'postgresql://127.0.0.1:9/none' };
      const args = ['import', join(folder, 'images.csv')];
      const { code, stderr } = await startOpenImages(args, data, env).ended;
      expect(code).toBe(5);
      expect(stderr).toContain('Start it or correct the setting');
      expect(stderr).not.toContain('    at ');
      const wrong = await startOpenImages(args, data, { DATABASE_URL: 'mysql://127.0.0.1/none' }).ended;
      expect(wrong.code).toBe(2);
      expect(wrong.stderr).toContain('expected an address like postgresql://');
    });

    it('leave a collage its other photos where their database can not be reached', async () => {
      const args = '--open-images --stop-after photos'.split(' ');
      const end = await runCli(
        ['disks', '--photos', join(folder, 'photos'), '--out', join(folder, 'without'), ...args],
        data,
        { DATABASE_URL: 'postgresql://127.0.0.1:9/none' },
      );
      expect(end.code).toBe(0);
      expect(end.stdout).toContain('DATABASE_UNREACHABLE');
    });
  },
);
