import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '@collage/blobs/blob-store.js';
import { collect, queryFor } from '../testing/findings.js';
import { heic } from '../testing/heic.js';
import { colors, picture, pngBomb } from '../testing/pictures.js';
import { temporaryFolders } from '../testing/temporary-folder.js';
import { folderSource } from './folder.js';

const folders = temporaryFolders();
const MINE = JSON.stringify({ license: 'CC BY 4.0', author: 'Me' });
const find = (folder: string, phrases: string[] = [], limit = 100) =>
  collect(folderSource(folder).find(queryFor(phrases, limit)));

describe('folderSource', () => {
  it('gives a photo with everything its credit needs', async () => {
    const bytes = await picture(1);
    const record = {
      file: 'cat.jpg',
      title: 'A cat',
      description: 'Asleep',
      author: 'Ann',
      licence: 'CC BY-SA 4.0',
      source_url: 'https://example.org/cat',
      categories: ['Cats'],
      changes: 'cropped',
    };
    const folder = await folders.make({ 'cat.jpg': bytes, 'manifest.jsonl': JSON.stringify(record) });
    const { photos, skipped } = await find(folder);
    expect(skipped).toEqual([]);
    const digest = sha256Hex(bytes);
    expect(photos[0]!.photo).toEqual({
      digest,
      source: 'folder',
      sourceId: 'cat.jpg',
      mediaType: 'image/jpeg',
      width: 400,
      height: 320,
      description: 'Asleep',
      categories: ['Cats'],
      restrictions: [],
      ranking: undefined,
      credit: {
        title: 'A cat',
        author: 'Ann',
        authorUrl: '',
        sourceUrl: 'https://example.org/cat',
        license: {
          id: 'CC-BY-SA-4.0',
          name: 'CC BY-SA 4.0',
          url: 'https://creativecommons.org/licenses/by-sa/4.0/',
        },
        earlierChanges: 'cropped',
        changes: '',
        photoDigest: digest,
        visibleShare: 0,
        restrictions: [],
      },
    });
    expect(await photos[0]!.bytes()).toEqual(bytes);
  });

  it('finds photos ten folders down, by unicode names, in the order of their names', async () => {
    const deep = Array.from({ length: 10 }, (_, index) => `d${index}`).join('/');
    const folder = await folders.make({
      [`${deep}/tief.jpg`]: await picture(1),
      'Übergröße – 写真 🐧.jpg': await picture(2),
      'a b.JPG': await picture(3),
      'license.json': MINE,
    });
    const { names, photos } = await find(folder);
    expect(names).toEqual(['a b.JPG', `${deep}/tief.jpg`, 'Übergröße – 写真 🐧.jpg']);
    expect(photos[2]!.photo.credit!.title).toBe('Übergröße – 写真 🐧');
  });

  it('finds a file whatever the unicode form of its name in the manifest', async () => {
    const folder = await folders.make({
      ['é.jpg'.normalize('NFD')]: await picture(1),
      'manifest.jsonl': JSON.stringify({ file: 'é.jpg'.normalize('NFC'), license: 'CC0' }),
    });
    expect((await find(folder)).names).toEqual(['é.jpg'.normalize('NFC')]);
  });

  it('counts what is deeper than it looks', async () => {
    const deep = Array.from({ length: 18 }, (_, index) => `d${index}`).join('/');
    const files = { [`${deep}/x.jpg`]: await picture(1), 'a.jpg': await picture(2), 'license.json': MINE };
    const { names, reasons } = await find(await folders.make(files));
    expect(names).toEqual(['a.jpg']);
    expect(reasons).toEqual([`FOLDER_TOO_DEEP ${deep.split('/').slice(0, 17).join('/')}`]);
  });

  it('skips every file that is no whole photo, with its reason, and goes on', async () => {
    const whole = await picture(1);
    const frames = await Promise.all([1, 2].map((seed) => colors(seed, 320, 320).png().toBuffer()));
    const folder = await folders.make({
      'license.json': MINE,
      'animated.jpg': await sharp(frames, { join: { animated: true } })
        .gif()
        .toBuffer(),
      'bomb.png': pngBomb({ width: 30_000, height: 30_000 }),
      'corrupt.jpg': whole.subarray(0, Math.floor(whole.length / 2)),
      'drawing.jpg': '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400"/>',
      'empty.jpg': '',
      'notes.txt': 'not even tried',
      'small.png': await colors(2, 640, 299).png().toBuffer(),
      'whole.jpg': whole,
    });
    const { names, reasons } = await find(folder);
    expect(names).toEqual(['whole.jpg']);
    expect(reasons).toEqual([
      'FORMAT_NOT_ALLOWED animated.jpg',
      'TOO_MANY_PIXELS bomb.png',
      'DAMAGED corrupt.jpg',
      'FORMAT_NOT_ALLOWED drawing.jpg',
      'EMPTY_FILE empty.jpg',
      'TOO_SMALL small.png',
    ]);
  });

  it('measures the short side after EXIF orientation, and as asked', async () => {
    const turned = await colors(1, 700, 310).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const folder = await folders.make({ 'turned.jpg': turned, 'license.json': MINE });
    const { photos } = await find(folder);
    expect(photos[0]!.photo).toMatchObject({ width: 310, height: 700 });
    const strict = await collect(folderSource(folder, { minShortSide: 512 }).find(queryFor()));
    expect(strict.skipped[0]!.detail).toBe('expected at least 512 px but received 310 x 700');
  });

  it('counts HEIC photos that can not be decoded here, with what to do', async () => {
    const folder = await folders.make({ 'a.heic': heic, 'b.jpg': await picture(1), 'license.json': MINE });
    const { names, skipped } = await collect(folderSource(folder, { minShortSide: 32 }).find(queryFor()));
    if (sharp.format.heif.input.fileSuffix?.includes('.heic'))
      return expect(names).toEqual(['a.heic', 'b.jpg']);
    expect(names).toEqual(['b.jpg']);
    expect(skipped).toMatchObject([{ reason: 'HEIC_NOT_SUPPORTED', name: 'a.heic' }]);
    expect(skipped[0]!.detail).toContain('export it as JPEG');
  });

  it('skips exact copies, and they do not count towards the limit', async () => {
    const same = await picture(1);
    const files = { 'a.jpg': same, 'b.jpg': same, 'c.jpg': await picture(2), 'license.json': MINE };
    const { names, reasons } = await find(await folders.make(files), [], 2);
    expect(names).toEqual(['a.jpg', 'c.jpg']);
    expect(reasons).toEqual(['DUPLICATE b.jpg']);
  });

  it('looks at photos whose words answer the keyphrases first when there are too many', async () => {
    const files: Record<string, Buffer | string> = { 'license.json': MINE };
    for (let index = 0; index < 8; index++) {
      files[`${index}.jpg`] = await picture(index);
    }
    files['5.json'] = JSON.stringify({ title: 'Two penguins' });
    files['7.json'] = JSON.stringify({ categories: ['Mountains'] });
    const { names, reasons } = await find(await folders.make(files), ['penguin', 'mountain'], 3);
    expect(names).toEqual(['5.jpg', '7.jpg', '0.jpg']);
    expect(reasons).toEqual(['1', '2', '3', '4', '6'].map((name) => `OVER_LIMIT ${name}.jpg`));
  });

  it('gives the same findings each time', async () => {
    const files: Record<string, Buffer | string> = { 'license.json': MINE };
    for (let index = 0; index < 12; index++) {
      files[`${index % 3}/${index}.jpg`] = await picture(index, { width: 300 + 40 * index, height: 300 });
    }
    const folder = await folders.make(files);
    expect((await find(folder)).names).toEqual((await find(folder)).names);
  });

  it('finds at each search what is there then: photos, and what describes them', async () => {
    const folder = await folders.make({ 'a.jpg': await picture(1), 'b.jpg': await picture(2) });
    const source = folderSource(folder);
    const search = () => collect(source.find(queryFor()));
    expect((await search()).reasons).toEqual(['NO_LICENSE a.jpg', 'NO_LICENSE b.jpg']);
    await writeFile(join(folder, 'license.json'), MINE);
    expect((await search()).names).toEqual(['a.jpg', 'b.jpg']);
    await mkdir(join(folder, 'new'));
    await writeFile(join(folder, 'new', 'c.jpg'), await picture(3));
    await rm(join(folder, 'a.jpg'));
    expect((await search()).names).toEqual(['b.jpg', 'new/c.jpg']);
  });

  it('ignores hidden files and follows no link out of the folder', async () => {
    const outside = await folders.make({ 'secret.jpg': await picture(1) });
    const folder = await folders.make({
      'a.jpg': await picture(2),
      '.hidden.jpg': await picture(3),
      '.cache/b.jpg': await picture(4),
      'license.json': MINE,
    });
    await mkdir(join(folder, 'sub'));
    await symlink(join(outside, 'secret.jpg'), join(folder, 'out.jpg'));
    await symlink(outside, join(folder, 'outside'));
    await symlink(folder, join(folder, 'sub', 'loop'));
    await symlink(join(folder, 'nothing.jpg'), join(folder, 'broken.jpg'));
    await symlink(join(folder, 'a.jpg'), join(folder, 'copy.jpg'));
    const { names, reasons } = await find(folder);
    expect(names).toEqual(['a.jpg']);
    expect(reasons).toEqual([
      'LINK_NOT_FOLLOWED broken.jpg',
      'LINK_NOT_FOLLOWED out.jpg',
      'LINK_NOT_FOLLOWED outside',
      'LINK_NOT_FOLLOWED sub/loop',
      'DUPLICATE copy.jpg',
    ]);
  });

  it('refuses the bytes of a file that has changed since it was found', async () => {
    const folder = await folders.make({ 'a.jpg': await picture(1), 'license.json': MINE });
    const { photos } = await find(folder);
    await writeFile(join(folder, 'a.jpg'), await picture(2));
    await expect(photos[0]!.bytes()).rejects.toMatchObject({ reason: 'CHANGED' });
  });

  it('says what is wrong with a folder that is missing, is none, or holds no photo', async () => {
    const folder = await folders.make({ 'notes.txt': 'hello' });
    await expect(find(join(folder, 'nowhere'))).rejects.toMatchObject({
      reason: 'FOLDER_MISSING',
      message: `Expected a folder with photos but received "${folder}/nowhere": there is nothing of that name`,
    });
    await expect(find(join(folder, 'notes.txt'))).rejects.toMatchObject({ reason: 'NOT_A_FOLDER' });
    await expect(find(join(folder, 'notes.txt', 'x'))).rejects.toMatchObject({ name: 'FolderError' });
    await expect(find(folder)).rejects.toMatchObject({ reason: 'FOLDER_WITHOUT_PHOTOS', folder });
  });

  it('stops when told to', async () => {
    const folder = await folders.make({ 'a.jpg': await picture(1), 'license.json': MINE });
    const findings = folderSource(folder).find(queryFor(), AbortSignal.abort(new Error('enough')));
    await expect(collect(findings)).rejects.toThrow('enough');
  });
});
