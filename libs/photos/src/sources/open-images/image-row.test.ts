import { describe, expect, it } from 'vitest';
import { imageReader } from './image-row.js';

const header =
  'ImageID,Subset,OriginalURL,OriginalLandingURL,License,AuthorProfileURL,Author,Title,OriginalSize,OriginalMD5,Thumbnail300KURL,Rotation'.split(
    ',',
  );
const usual: Record<string, string> = {
  ImageID: '4fa8054781a4c382',
  Subset: 'train',
  OriginalURL: 'https://farm3.example/a_o.jpg',
  OriginalLandingURL: 'https://www.example/photos/a',
  License: 'https://creativecommons.org/licenses/by/2.0/',
  AuthorProfileURL: 'https://www.example/people/a/',
  Author: 'Michael Beat',
  Title: '...die FNF-Kerze',
  OriginalSize: '4405052',
  OriginalMD5: 'KFukvivpCM5QXl5SqKe41g==',
  Thumbnail300KURL: 'https://c1.example/a_z.jpg',
  Rotation: '90.0',
};
const read = imageReader(header);
const rowWith = (change: Record<string, string>) => header.map((name) => ({ ...usual, ...change })[name]!);

describe('a row of a list of images', () => {
  it('is read by the names of its columns', () => {
    const expected = {
      imageId: '4fa8054781a4c382',
      subset: 'train',
      originalUrl: 'https://farm3.example/a_o.jpg',
      landingUrl: 'https://www.example/photos/a',
      licenseUrl: 'https://creativecommons.org/licenses/by/2.0/',
      author: 'Michael Beat',
      authorUrl: 'https://www.example/people/a/',
      title: '...die FNF-Kerze',
      originalSize: 4405052,
      originalMd5: 'KFukvivpCM5QXl5SqKe41g==',
      thumbnailUrl: 'https://c1.example/a_z.jpg',
      rotation: 90,
    };
    expect(read(rowWith({}))).toEqual(expected);
    const turned = header.toReversed();
    expect(imageReader(turned)(rowWith({}).toReversed())).toEqual(expected);
  });

  it('may say nothing of much', () => {
    const nothing = [
      'Author',
      'AuthorProfileURL',
      'Title',
      'OriginalSize',
      'OriginalMD5',
      'Thumbnail300KURL',
    ];
    const row = rowWith(Object.fromEntries([...nothing, 'Rotation'].map((name) => [name, ''])));
    expect(read(row)).toMatchObject({
      author: null,
      authorUrl: null,
      title: null,
      originalSize: null,
      originalMd5: null,
      thumbnailUrl: null,
      rotation: null,
    });
  });

  it.each([
    ['a license', { License: '' }, 'NO_LICENSE'],
    ['a license we know', { License: 'https://licenses.example/mine' }, 'LICENSE_UNKNOWN'],
    [
      'a license that allows cutting',
      { License: 'https://creativecommons.org/licenses/by-nd/2.0/' },
      'LICENSE_ND',
    ],
    ['an address', { OriginalURL: '' }, 'NO_ADDRESS'],
    ['an address on the web', { OriginalURL: 'corpus/photos/penguin.jpg' }, 'ADDRESS_INVALID'],
    ['a page', { OriginalLandingURL: '' }, 'NO_SOURCE_PAGE'],
    ['an id of 16 digits', { ImageID: '4fa8' }, 'IMAGE_ID_INVALID'],
  ])('without %s is left out with its reason', (_, change, reason) => {
    expect(read(rowWith(change as Record<string, string>))).toBe(reason);
  });

  it('that is cut off or runs on is left out', () => {
    expect(read(rowWith({}).slice(0, 5))).toBe('COLUMNS_WRONG');
    expect(read([...rowWith({}), ''])).toBe('COLUMNS_WRONG');
  });

  it('holds nothing that PostgreSQL or a link would stumble over', () => {
    expect(
      read(rowWith({ Title: 'a\0 b\n c', Rotation: '45', OriginalSize: '-1', OriginalMD5: 'x' })),
    ).toMatchObject({ title: 'a b c', rotation: null, originalSize: null, originalMd5: null });
    expect(
      read(rowWith({ AuthorProfileURL: 'javascript:alert(1)', Thumbnail300KURL: 'ftp://x/y' })),
    ).toMatchObject({
      authorUrl: null,
      thumbnailUrl: null,
    });
  });
});
