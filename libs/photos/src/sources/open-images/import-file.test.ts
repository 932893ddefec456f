import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Database, DatabaseSettings } from '@collage/database/database.js';
import { root } from '@collage/database/testing/compile-library.js';
import { binaries, killServer, skipNote, testDatabases } from '@collage/database/testing/test-databases.js';
import { random } from '@collage/database/testing/clustered-vectors.js';
import { fileContents } from './file-contents.js';
import { importFile, type ImportProgress } from './import-file.js';
import { findFile, readFrom } from './metadata-file.js';
import { describeOpenImages } from './open-images-status.js';
import { compileImporter } from './testing/compile-libraries.js';
import { CC_BY, imageIdOf, listOfImages, oddImages } from './testing/listed-images.js';

const databases = testDatabases();
const excerpt = join(root, '..', 'shared', 'openimages');
const hasExcerpt = existsSync(join(excerpt, 'images-sample.csv'));
if (!hasExcerpt) console.warn(`skipped: the genuine rows of OpenImages. There is no ${excerpt}`);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'open-images-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const fileOf = async (name: string, content: string | Buffer): Promise<string> => {
  await writeFile(join(folder, name), content);
  return join(folder, name);
};
const fresh = async (): Promise<Database> => databases.open(await databases.settingsFor());

/** All that the database holds of OpenImages, but the numbers that texts happened to get, and times. */
async function everything(database: Database) {
  const { pool } = await database.connect();
  const all = async (sql: string) => (await pool.query(sql)).rows;
  return {
    images: await all('SELECT * FROM open_image ORDER BY image_id'),
    texts: await all(`SELECT kind, content FROM text ORDER BY kind, content COLLATE "C"`),
    links: await all(
      'SELECT image_id, kind, content FROM image_text JOIN text ON id = text_id ORDER BY image_id, kind, content COLLATE "C"',
    ),
    classes: await all('SELECT class_id, content FROM open_image_class JOIN text ON id = text_id ORDER BY 1'),
  };
}

/** Imports a file and cuts it off after so many batches. */
async function cutOff(database: Database, file: string, batches: number, batchSize: number): Promise<void> {
  const stop = new AbortController();
  let seen = 0;
  const onProgress = ({ step }: ImportProgress): void => {
    if (step === 'importing' && ++seen === batches) stop.abort(new Error('cut off'));
  };
  await expect(importFile(database, file, { onProgress, batchSize }, stop.signal)).rejects.toThrow('cut off');
}

describe.skipIf(!binaries)(`the import of a file (${skipNote})`, { timeout: 240_000 }, () => {
  it('takes in images with their titles, and counts what it leaves out by reason', async () => {
    const database = await fresh();
    const images = [
      ...oddImages(30),
      { imageId: imageIdOf(1), title: 'Listed twice' },
      { imageId: imageIdOf(99), originalUrl: 'photos/here.jpg' },
    ];
    const file = await fileOf('images.csv', listOfImages(images));
    const reports: ImportProgress[] = [];
    const imported = await importFile(database, file, { onProgress: (progress) => reports.push(progress) });
    const skipped = { NO_LICENSE: 3, ADDRESS_INVALID: 1, DUPLICATE: 1 };
    expect(imported).toEqual({ path: file, kind: 'images', rowCount: 27, skipped, alreadyDone: false });
    expect(reports.at(-1)).toMatchObject({ step: 'importing', rowCount: 27, skipped });
    expect(reports.at(-1)!.bytesDone).toBe(reports.at(-1)!.bytesTotal);
    const { images: stored, texts, links } = await everything(database);
    expect(stored).toHaveLength(27);
    expect(stored[0]).toMatchObject({ image_id: imageIdOf(1), title: 'Listed twice', author: 'Ann' });
    expect(texts.map(({ content }) => content)).toEqual([
      'Berg und Tal',
      'Façade 🐧',
      'Listed twice',
      'Sea, "blue"',
      'Three boys on a hill',
      '富士山',
    ]);
    expect(links.filter(({ image_id }) => image_id === imageIdOf(2))).toEqual([
      { image_id: imageIdOf(2), kind: 'title', content: 'Sea, "blue"' },
    ]);
    expect(await importFile(database, file)).toMatchObject({ alreadyDone: true, rowCount: 27, skipped });
    expect(await describeOpenImages(database)).toEqual([
      'images.csv: 27 rows, left out: 3 NO_LICENSE, 1 ADDRESS_INVALID, 1 DUPLICATE',
      '27 photos',
      '6 titles: none embedded',
    ]);
  });

  it('takes in classes, labels and narratives of images that are there', async () => {
    const database = await fresh();
    await importFile(database, await fileOf('few.csv', listOfImages(oddImages(3))));
    await importFile(database, await fileOf('classes.csv', '/m/05z6w,Penguin\n/m/0dv5r,Camera\n'));
    const labels =
      'ImageID,Source,LabelName,Confidence\n' +
      `${imageIdOf(1)},verification,/m/05z6w,1\n${imageIdOf(1)},crowdsource-verification,/m/05z6w,1\n` +
      `${imageIdOf(2)},machine,/m/0dv5r,0.5\n${imageIdOf(2)},verification,/m/05z6w,0\n` +
      `${imageIdOf(3)},verification,/m/0unknown,1\n${imageIdOf(9)},verification,/m/05z6w,1\n`;
    expect(await importFile(database, await fileOf('labels.csv', labels))).toMatchObject({
      kind: 'labels',
      rowCount: 2,
      skipped: { LABEL_UNSURE: 1, LABEL_NOT_THERE: 1, CLASS_UNKNOWN: 1, IMAGE_NOT_LISTED: 1 },
    });
    const narratives = [1, 2, 9].map((number) =>
      JSON.stringify({
        image_id: imageIdOf(number),
        caption: 'In this image there is snow.',
        traces: [[{ x: 0 }]],
      }),
    );
    const file = await fileOf('narratives.jsonl.gz', gzipSync(`${narratives.join('\n')}\n{"cut`));
    expect(await importFile(database, file)).toMatchObject({
      kind: 'narratives',
      rowCount: 2,
      skipped: { IMAGE_NOT_LISTED: 1, NOT_JSON: 1 },
    });
    const { links, classes, texts } = await everything(database);
    expect(classes).toEqual([
      { class_id: '/m/05z6w', content: 'Penguin' },
      { class_id: '/m/0dv5r', content: 'Camera' },
    ]);
    expect(links.filter(({ image_id }) => image_id === imageIdOf(1)).map(({ content }) => content)).toEqual([
      'In this image there is snow.',
      'Penguin',
      'Three boys on a hill',
    ]);
    expect(texts.filter(({ kind }) => kind === 'caption')).toHaveLength(1);
  });

  it('of labels takes back what people looked for and did not find', async () => {
    const database = await fresh();
    await importFile(database, await fileOf('two.csv', listOfImages(oddImages(2))));
    const classes = '/m/01,Penguin\n/m/02,Snow\n/m/03,Snow\n/m/04,Sea\n';
    await importFile(database, await fileOf('four-classes.csv', classes));
    const labels = (source: string, ...rows: [image: number, name: string, confidence: number][]) =>
      ['ImageID,Source,LabelName,Confidence']
        .concat(rows.map(([image, name, confidence]) => [imageIdOf(image), source, name, confidence].join()))
        .join('\n');
    const take = async (name: string, text: string) => importFile(database, await fileOf(name, text));
    const machine = labels(
      'machine',
      [1, '/m/01', 0.9],
      [1, '/m/03', 0.9],
      [1, '/m/04', 0.8],
      [2, '/m/01', 0.9],
    );
    expect(await take('machine.csv', machine)).toMatchObject({ kind: 'machine labels', rowCount: 4 });
    const people = labels(
      'verification',
      [1, '/m/01', 0],
      [1, '/m/02', 1],
      // Another class of the same name.
      [1, '/m/03', 0],
      [1, '/m/04', 1],
      [1, '/m/04', 0],
      [2, '/m/0unknown', 0],
      [9, '/m/01', 0],
    );
    expect(await take('people.csv', people)).toMatchObject({
      kind: 'labels',
      rowCount: 1,
      skipped: { LABEL_NOT_THERE: 6 },
    });
    const { links } = await everything(database);
    expect(links.filter(({ kind }) => kind === 'label')).toEqual([
      { image_id: imageIdOf(1), kind: 'label', content: 'Snow' },
      { image_id: imageIdOf(2), kind: 'label', content: 'Penguin' },
    ]);
  });

  it.each(['plain', 'gzip'])('that is cut off between batches goes on where it was (%s)', async (form) => {
    const list = listOfImages(oddImages(500));
    const whole = await fresh();
    await importFile(whole, await fileOf('whole.csv', list));
    const database = await fresh();
    const file = await fileOf(`cut-${form}.csv`, form === 'gzip' ? gzipSync(list) : list);
    await cutOff(database, file, 2, 70);
    const { pool } = await database.connect();
    const { rows } = await pool.query('SELECT row_count, skipped_count, finished_at FROM import_progress');
    expect(rows).toEqual([{ row_count: '126', skipped_count: '14', finished_at: null }]);
    await cutOff(database, file, 1, 33);
    expect(await importFile(database, file, { batchSize: 64 })).toMatchObject({
      rowCount: 450,
      skipped: { NO_LICENSE: 50 },
      alreadyDone: false,
    });
    expect(await everything(database)).toEqual(await everything(whole));
  });

  it('of a compressed file can be ended while that is read up to where it was', async () => {
    const database = await fresh();
    // Longer than many chunks, and well compressed.
    const images = oddImages(4000).map((image) => ({ ...image, title: 'x'.repeat(1000) }));
    const file = await fileOf('long.csv.gz', gzipSync(listOfImages(images)));
    await cutOff(database, file, 7, 500);
    const stop = new AbortController();
    const found = await findFile(file);
    const seen: number[] = [];
    const reading = (async () => {
      const onBytes = (): void => {
        if (seen.push(0) === 2) stop.abort(new Error('Ctrl-C'));
      };
      for await (const chunk of readFrom(found, 3_500_000, onBytes, stop.signal)) seen.push(chunk.length);
    })();
    await expect(reading).rejects.toThrow('Ctrl-C');
    // Nothing was reached that the import had not taken in.
    expect(seen).toEqual([0, 0]);
    const contents = await fileContents(found);
    const batches = contents.batches(3_500_000, 500, () => {}, AbortSignal.abort(new Error('at once')));
    await expect(batches[Symbol.asyncIterator]().next()).rejects.toThrow('at once');
    expect(await importFile(database, file)).toMatchObject({ rowCount: 3600, alreadyDone: false });
  });

  it('can be ended while it tidies up, and does so the next time', async () => {
    const database = await fresh();
    const file = await fileOf('tidy.csv', listOfImages(oddImages(20)));
    const { pool } = await database.connect();
    // ANALYZE waits for whoever has this lock; reading and writing rows do not.
    const other = await pool.connect();
    await other.query('BEGIN; LOCK TABLE open_image_class IN SHARE UPDATE EXCLUSIVE MODE');
    const stop = new AbortController();
    const failure = expect(importFile(database, file, {}, stop.signal)).rejects.toThrow('Ctrl-C');
    await vi.waitFor(async () => {
      const { rows } = await pool.query(
        "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND starts_with(query, 'ANALYZE')",
      );
      expect(rows).toHaveLength(1);
    }, 60_000);
    stop.abort(new Error('Ctrl-C'));
    await failure;
    await other.query('ROLLBACK');
    other.release();
    expect((await everything(database)).images).toHaveLength(18);
    expect(await importFile(database, file)).toMatchObject({ rowCount: 18, alreadyDone: false });
    expect(await importFile(database, file)).toMatchObject({ rowCount: 18, alreadyDone: true });
  });

  it('forgets licenses that no photo has any more', async () => {
    const database = await fresh();
    const { pool } = await database.connect();
    const licenses = async () =>
      (await pool.query('SELECT license_url AS url FROM open_image_license ORDER BY 1')).rows.map(
        ({ url }) => url,
      );
    const CC0 = 'https://creativecommons.org/publicdomain/zero/1.0/';
    const listed = (first: string) =>
      listOfImages([{ imageId: imageIdOf(1), license: first }, { imageId: imageIdOf(2) }]);
    const file = await fileOf('licenses.csv', listed(CC0));
    await importFile(database, file);
    expect(await licenses()).toEqual([CC_BY, CC0]);
    await writeFile(file, listed(CC_BY));
    await importFile(database, file);
    expect(await licenses()).toEqual([CC_BY]);
  });

  it('reads labels again that came before their images', async () => {
    const database = await fresh();
    const labels = await fileOf(
      'early-labels.csv',
      `ImageID,Source,LabelName,Confidence\n${imageIdOf(1)},verification,/m/01,1\n`,
    );
    const classes = await fileOf('early-classes.csv', 'LabelName,DisplayName\n/m/01,Penguin\n');
    const images = await fileOf('late-images.csv', listOfImages([{ imageId: imageIdOf(1) }]));
    const counts: number[] = [];
    for (const file of [classes, labels, images, labels, labels]) {
      counts.push((await importFile(database, file)).rowCount);
    }
    expect(counts).toEqual([1, 0, 1, 1, 1]);
    const { links } = await everything(database);
    expect(links).toContainEqual({ image_id: imageIdOf(1), kind: 'label', content: 'Penguin' });
  });

  it('of a file that changed begins again, and replaces what it says now', async () => {
    const database = await fresh();
    const file = await fileOf('changing.csv', listOfImages(oddImages(200)));
    await cutOff(database, file, 1, 50);
    const changed = oddImages(300).map((image) => ({ ...image, license: CC_BY, title: 'A new title' }));
    await writeFile(file, listOfImages(changed));
    expect(await importFile(database, file)).toMatchObject({
      rowCount: 300,
      skipped: {},
      alreadyDone: false,
    });
    const { images, links } = await everything(database);
    expect(images).toHaveLength(300);
    expect(new Set(links.map(({ content }) => content))).toEqual(new Set(['A new title']));
    expect(links).toHaveLength(300);
  });

  it('loses and doubles nothing when it is killed, again and again, its database too', async () => {
    const list = listOfImages(oddImages(1500));
    const file = await fileOf('killed.csv', list);
    const whole = await fresh();
    await importFile(whole, await fileOf('not-killed.csv', list));
    const settings = await databases.settingsFor();
    const library = await compileImporter();
    try {
      const draw = random(6);
      for (let round = 0; round < 5; round++) {
        await killAfter(library, settings, file, 1 + Math.floor(4 * draw()), 5 * draw());
        // As in a power cut.
        if (round % 2 === 1) await killServer(join(settings.folder, 'data'));
      }
    } finally {
      await rm(library, { recursive: true, force: true });
    }
    const database = databases.open(settings);
    const { rows } = await (
      await database.connect()
    ).pool.query('SELECT row_count, skipped_count FROM import_progress');
    const done = Number(rows[0].row_count) + Number(rows[0].skipped_count);
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(1500);
    expect((await everything(database)).images).toHaveLength(Number(rows[0].row_count));
    expect(await importFile(database, file)).toMatchObject({ rowCount: 1350, skipped: { NO_LICENSE: 150 } });
    expect(await everything(database)).toEqual(await everything(whole));
  });

  it('is one at a time, and ends with a clear error where it can not be', async () => {
    const database = await fresh();
    const file = await fileOf('busy.csv', listOfImages(oddImages(2)));
    const client = await (await database.connect()).pool.connect();
    await client.query('SELECT pg_advisory_lock(7305004)');
    await expect(importFile(database, file)).rejects.toMatchObject({ reason: 'IMPORT_BUSY' });
    client.release(true);
    const cases: [string, string, RegExp][] = [
      ['https://storage.example/images.csv', 'FILE_NOT_LOCAL', /download it first/],
      [join(folder, 'nowhere.csv'), 'FILE_MISSING', /nowhere.csv can't be read/],
      [folder, 'FILE_MISSING', /is none/],
      [await fileOf('other.csv', 'name,size\na,1\n'), 'FILE_UNKNOWN', /begins with "name,size/],
      [await fileOf('empty.csv', ''), 'FILE_UNKNOWN', /begins with ""/],
      [
        await fileOf('broken.csv.gz', gzipSync(listOfImages(oddImages(300))).subarray(0, 1500)),
        'FILE_MALFORMED',
        /breaks off/,
      ],
    ];
    for (const [name, reason, message] of cases) {
      const failure = importFile(database, name);
      await expect(failure).rejects.toMatchObject({ name: 'OpenImagesError', reason });
      await expect(failure).rejects.toThrow(message);
    }
  });

  it.skipIf(!hasExcerpt)('reads the genuine rows of OpenImages', async () => {
    const database = await fresh();
    await importFile(database, join(excerpt, 'images-sample.csv'));
    const classes = await importFile(database, join(excerpt, 'class-descriptions-boxable.csv'));
    expect(classes).toMatchObject({ kind: 'classes', rowCount: 601, skipped: {} });
    const { images, links } = await everything(database);
    expect(images.map(({ image_id, rotation }) => `${image_id} ${rotation}`)).toEqual([
      '000060e3121c7305 null',
      '4fa8054781a4c382 0',
      'b37f763ae67d0888 0',
      'fe600639ac5f36c1 null',
    ]);
    // "_GUT6674" tells nothing.
    expect(links).toHaveLength(3);
    const corpus = await importFile(database, join(excerpt, 'corpus-in-openimages-columns.csv'));
    const rows = (await readFile(join(excerpt, 'corpus-in-openimages-columns.csv'), 'utf8'))
      .trim()
      .split('\n');
    // The stand-in's addresses are paths.
    expect(corpus.rowCount).toBe(0);
    expect(Object.values(corpus.skipped).reduce((sum, count) => sum + count, 0)).toBe(rows.length - 1);
  });
});

/** Imports a file in a process of its own, and kills that so many batches, and milliseconds, later. */
async function killAfter(
  library: string,
  settings: DatabaseSettings,
  file: string,
  batches: number,
  milliseconds: number,
): Promise<void> {
  const program = join(library, 'worker.js');
  await writeFile(
    program,
    `import { Database } from './libs/database/src/database.js';
     import { importFile } from './libs/photos/src/sources/open-images/import-file.js';
     const onProgress = ({ step }) => step === 'importing' && process.stdout.write('batch\\n');
     await importFile(new Database(${JSON.stringify(settings)}), ${JSON.stringify(file)}, { onProgress, batchSize: 25 });`,
  );
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  let seen = 0;
  const closed = once(child, 'close');
  child.stdout.on('data', (chunk: Buffer) => {
    seen += chunk.toString().split('\n').length - 1;
    if (seen >= batches) setTimeout(() => child.kill('SIGKILL'), milliseconds);
  });
  const [, signal] = await closed;
  expect({ signal, errors }).toEqual({ signal: 'SIGKILL', errors: '' });
}
