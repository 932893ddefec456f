import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { binaries, skipNote } from '@collage/database/testing/test-databases.js';
import { collect, queryFor } from '../../testing/findings.js';
import { embedTexts, type EmbedProgress, type TextEmbedder } from './embed-texts.js';
import { importFile } from './import-file.js';
import { describeOpenImages } from './open-images-status.js';
import { imageIdOf, listOfImages } from './testing/listed-images.js';
import { openImagesSetup } from './testing/open-images-setup.js';

const given = openImagesSetup();

describe.skipIf(!binaries)(`the texts of OpenImages (${skipNote})`, { timeout: 240_000 }, () => {
  it('are embedded once each, and on from where it was cut off', async () => {
    const database = await given.newDatabase();
    const titles = Array.from({ length: 100 }, (_, index) => `penguin number${index % 50} twice`);
    const list = titles.map((title, index) => ({ imageId: imageIdOf(index + 1), title }));
    await writeFile(join(given.folder, 'titles.csv'), listOfImages(list));
    await importFile(database, join(given.folder, 'titles.csv'));
    const captions = [1, 2].map((number) =>
      JSON.stringify({ image_id: imageIdOf(number), caption: titles[number - 1] }),
    );
    await writeFile(join(given.folder, 'captions.jsonl'), captions.join('\n'));
    await importFile(database, join(given.folder, 'captions.jsonl'));

    const encoded: string[] = [];
    const counting: TextEmbedder = {
      describe: (signal) => given.embedder.describe(signal),
      encodeTexts: (texts, model, signal) => {
        encoded.push(...texts);
        return given.embedder.encodeTexts(texts, model, signal);
      },
    };
    const stop = new AbortController();
    const onProgress = ({ done }: EmbedProgress): void => {
      if (done >= 22) stop.abort(new Error('cut off'));
    };
    await expect(
      embedTexts(database, async () => counting, { batchSize: 20, onProgress }, stop.signal),
    ).rejects.toThrow('cut off');
    expect(encoded).toHaveLength(22);
    const reports: EmbedProgress[] = [];
    const { count, indexed } = await embedTexts(database, async () => counting, {
      batchSize: 20,
      onProgress: (progress) => reports.push(progress),
      indexAbove: 49,
    });
    expect({ count, indexed }).toEqual({ count: 28, indexed: true });
    expect(reports[0]).toEqual({ step: 'embedding', kind: 'title', done: 20, total: 28 });
    expect(encoded.toSorted()).toEqual([...new Set(titles)].toSorted());
    expect((await describeOpenImages(database)).slice(-2)).toEqual([
      expect.stringMatching(/^2 captions: 2 embedded by /),
      expect.stringMatching(/^50 titles: 50 embedded by /),
    ]);
    expect((await embedTexts(database, async () => counting)).count).toBe(0);
    // A statement that waits ends too.
    const writer = await (await database.connect()).pool.connect();
    await writer.query('BEGIN; LOCK TABLE text');
    const ctrlC = new AbortController();
    const waiting = embedTexts(database, async () => counting, {}, ctrlC.signal);
    const failure = expect(waiting).rejects.toThrow('Ctrl-C');
    setTimeout(() => ctrlC.abort(new Error('Ctrl-C')), 200);
    await failure;
    await writer.query('ROLLBACK');
    writer.release();
    // Through the index, which now is there.
    const { reasons } = await collect(given.sourceOf(database).find(queryFor(['penguin number7 twice'], 1)));
    expect(reasons[0]).toContain(imageIdOf(8));
  });
});
