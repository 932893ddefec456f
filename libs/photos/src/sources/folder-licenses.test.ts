import { describe, expect, it } from 'vitest';
import { collect, queryFor } from '../testing/findings.js';
import { picture } from '../testing/pictures.js';
import { properties, tagged, withBlock, xmpOf } from '../testing/tagged-picture.js';
import { temporaryFolders } from '../testing/temporary-folder.js';
import { folderSource } from './folder.js';

const folders = temporaryFolders();
const MINE = JSON.stringify({ license: 'CC BY 4.0', author: 'Me' });
const find = (folder: string, phrases: string[] = [], limit = 100) =>
  collect(folderSource(folder).find(queryFor(phrases, limit)));

describe('folderSource, whom it believes about a license', () => {
  it('skips photos without a license or under one that forbids collages, unopened', async () => {
    const folder = await folders.make({
      'free.jpg': await picture(1),
      'free.jpg.json': JSON.stringify({ license: 'CC0' }),
      'nobody.jpg': await picture(2),
      'nobody.jpg.json': JSON.stringify({ license: 'CC BY 4.0' }),
      'none.jpg': 'never opened',
      'nd.jpg': 'never opened',
      'nd.json': JSON.stringify({ licence: 'CC BY-ND 4.0', author: 'Ann' }),
      'nc.jpg': 'never opened',
      'nc.json': JSON.stringify({ licence: 'CC BY-NC 4.0', author: 'Ann' }),
      'odd.jpg': 'never opened',
      'odd.json': JSON.stringify({ license: 'ask me', author: 'Ann' }),
    });
    const { names, photos, reasons } = await find(folder);
    expect(names).toEqual(['free.jpg']);
    expect(photos[0]!.photo.credit!.author).toBe('unknown author');
    expect(reasons.toSorted()).toEqual([
      'LICENSE_NC nc.jpg',
      'LICENSE_ND nd.jpg',
      'LICENSE_UNKNOWN odd.jpg',
      'NO_AUTHOR nobody.jpg',
      'NO_LICENSE none.jpg',
    ]);
  });

  it('believes manifest, then sidecar, then XMP sidecar, then the photo itself, then the folder', async () => {
    const inside = xmpOf(
      properties({ title: 'Inside', creators: ['Ida'], usageTerms: 'CC BY 4.0', keywords: ['ice'] }),
    );
    const beside = xmpOf(properties({ title: 'Beside', creators: ['Bea'], usageTerms: 'CC BY 3.0' }));
    const manifest = { file: 'a.jpg', license: 'CC BY 2.0', author: 'Max' };
    const folder = await folders.make({
      'a.jpg': await tagged(1, inside),
      'a.xmp': beside,
      'b.jpg': await tagged(2, inside),
      'b.jpg.json': '{"author": "Jon"}',
      'b.jpg.xmp': beside,
      'c.jpg': await tagged(3, inside),
      'd.jpg': await tagged(4, xmpOf(properties({ title: 'Only a title' }))),
      'e.jpg': await tagged(5),
      'manifest.jsonl': JSON.stringify(manifest),
      'license.json': MINE,
    });
    const { photos } = await find(folder);
    const said = photos.map(({ photo: { credit } }) => [
      credit!.title,
      credit!.author,
      credit!.license!.name,
    ]);
    expect(said).toEqual([
      ['Beside', 'Max', 'CC BY 2.0'],
      ['Beside', 'Jon', 'CC BY 3.0'],
      ['Inside', 'Ida', 'CC BY 4.0'],
      ['Only a title', 'Me', 'CC BY 4.0'],
      ['e', 'Me', 'CC BY 4.0'],
    ]);
    expect(photos[2]!.photo.categories).toEqual(['ice']);
  });

  it('lets no license of the folder speak over what a photo reserves or hides', async () => {
    const folder = await folders.make({
      'broken.jpg': await tagged(1, '<x:xmpmeta'),
      'damaged.jpg': withBlock(await picture(6), 0xe1, Buffer.from('Exif\0\0hello world')),
      'listed.jpg': await tagged(1, '<x:xmpmeta'),
      'nc.jpg': await tagged(2, xmpOf(properties({ usageTerms: 'CC BY-NC 4.0', creators: ['Ann'] }))),
      'owned.jpg': await tagged(3, xmpOf(properties({ rights: '© 2020 Ann' }))),
      'reserved.jpg': await tagged(4, undefined, { Copyright: 'Ann, all rights reserved' }),
      'side.jpg': await tagged(5),
      'side.xmp': 'no XML',
      'manifest.jsonl': '{"file": "listed.jpg", "license": "CC0"}',
      'license.json': MINE,
    });
    const { names, reasons } = await find(folder);
    expect(names).toEqual(['listed.jpg', 'owned.jpg']);
    expect(reasons).toEqual([
      'SIDECAR_INVALID side.xmp',
      'NO_LICENSE side.jpg',
      'METADATA_UNREADABLE broken.jpg',
      'METADATA_UNREADABLE damaged.jpg',
      'LICENSE_NC nc.jpg',
      'LICENSE_UNKNOWN reserved.jpg',
    ]);
  });

  it('takes a license and author for the whole folder from whoever runs it', async () => {
    const folder = await folders.make({
      'a.jpg': await picture(1),
      'theirs/b.jpg': await picture(2),
      'theirs/license.json': '{"license": "CC0", "author": "Them"}',
      'license.json': MINE,
    });
    const source = folderSource(folder, { license: 'CC BY-SA 4.0', author: 'You' });
    const { photos } = await collect(source.find(queryFor()));
    const said = photos.map(({ photo: { credit } }) => [credit!.author, credit!.license!.id]);
    expect(said).toEqual([
      ['You', 'CC-BY-SA-4.0'],
      ['Them', 'CC0-1.0'],
    ]);
  });
});
