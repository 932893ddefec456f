import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { temporaryFolders } from '../../testing/temporary-folder.js';
import { inImportOrder } from './import-order.js';
import { imageIdOf, listOfImages } from './testing/listed-images.js';

const folders = temporaryFolders();
const images = (number: number) => listOfImages([{ imageId: imageIdOf(number) }]);

describe('files given at once', () => {
  it('are imported images first, then classes, labels (those of machines before those of people) and narratives, those of one kind as given', async () => {
    const folder = await folders.make({
      'a.jsonl': JSON.stringify({ image_id: imageIdOf(1), caption: 'snow' }),
      'b.csv': 'ImageID,Source,LabelName,Confidence\n',
      'c.csv.gz': gzipSync(images(1)),
      'd.csv': '/m/01,Penguin\n',
      'e.csv': images(2),
      'f.csv': `ImageID,Source,LabelName,Confidence\n${imageIdOf(1)},verification,/m/01,1\n`,
      'g.csv': `ImageID,Source,LabelName,Confidence\n${imageIdOf(1)},machine,/m/01,0.9\n`,
    });
    const names = ['a.jsonl', 'f.csv', 'b.csv', 'g.csv', 'e.csv', 'd.csv', 'c.csv.gz'];
    const order = await inImportOrder(names.map((name) => join(folder, name)));
    expect(order).toEqual(
      ['e.csv', 'c.csv.gz', 'd.csv', 'g.csv', 'f.csv', 'b.csv', 'a.jsonl'].map((name) => join(folder, name)),
    );
  });

  it('are all looked at before the first is imported: one that is missing or strange is an error', async () => {
    const folder = await folders.make({ 'images.csv': images(1), 'other.csv': 'name,size\na,1\n' });
    const order = (...names: string[]) => inImportOrder(names.map((name) => join(folder, name)));
    await expect(order('images.csv', 'nowhere.csv')).rejects.toMatchObject({ reason: 'FILE_MISSING' });
    await expect(order('images.csv', 'other.csv')).rejects.toMatchObject({ reason: 'FILE_UNKNOWN' });
    await expect(inImportOrder(['https://storage.example/images.csv'])).rejects.toMatchObject({
      reason: 'FILE_NOT_LOCAL',
    });
  });
});
